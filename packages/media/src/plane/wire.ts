import type { Endpoint } from '@vats/kernel';
import type { Law } from '../sdp/codec.ts';
import type { LegMedia, PayloadTypeMap } from '../sdp/leg-media.ts';
import type {
  AddressFamily,
  Conversions,
  LegQuality,
  LegStatistics,
  StreamStatistics,
  StreamTally,
} from './media-plane.ts';
import type { Command, Report } from './messages.ts';

/*
 * What crosses the threads: JSON, in which what each call says stands as values without their names. Copying many small
 * objects, be it as structured clones or as JSON's own, was a good part of what a short call cost both threads.
 */

type Address = readonly [address: string, port: number] | null;
type Rates = LegMedia['clockRates'];
/** What few legs have. */
type More = Pick<LegMedia, 'srtp' | 'rtcpMux' | 'noSound'>;
type Laws = readonly (readonly [payloadType: number, law: Law])[];

type PackedCommand =
  | readonly ['open-call', call: number]
  | readonly ['open-leg', number, leg: number, string, AddressFamily, port: number, signalling: string]
  | readonly [
      'update',
      number,
      leg: number,
      newOffer: boolean,
      string | null,
      Address,
      Address,
      boolean,
      boolean,
      Laws,
      Rates,
      More?,
    ]
  | readonly ['bridge', number, a: number, b: number, aToB: PayloadTypeMap, bToA: PayloadTypeMap, Conversions?]
  | readonly ['supervise', call: number]
  | readonly ['close-call', call: number]
  | Command;

type PackedLeg = readonly [
  leg: string,
  claimed: Address,
  observed: Address,
  rtp: PackedStream,
  rtcp: PackedStream,
  quality: PackedQuality,
  streams?: readonly PackedTally[],
];
type PackedTally = readonly [
  kind: string,
  claimed: Address,
  observed: Address,
  rtp: PackedStream,
  rtcp: PackedStream,
  jitterMs: number,
];
type PackedQuality = readonly [
  jitterMs: number,
  greatestJitterMs: number,
  duplicates: number,
  reordered: number,
  score: number | null,
  roundTripMs: number | null,
  reported: LegQuality['reported'] | null,
];
type PackedStream = readonly number[];
type PackedReport = readonly ['closed', call: number, legs: readonly PackedLeg[]] | Report;

export function writeCommands(commands: readonly Command[]): string {
  return JSON.stringify(commands.map(packCommand));
}

export function readCommands(text: string): Command[] {
  return (JSON.parse(text) as PackedCommand[]).map(unpackCommand);
}

export function writeReports(reports: readonly Report[]): string {
  return JSON.stringify(reports.map(packReport));
}

export function readReports(text: string): Report[] {
  return (JSON.parse(text) as PackedReport[]).map(unpackReport);
}

function packCommand(command: Command): PackedCommand {
  switch (command.do) {
    case 'open-call':
      return ['open-call', command.call];
    case 'open-leg': {
      const { call, leg, name, family, port, signalling } = command;
      return ['open-leg', call, leg, name, family, port, signalling];
    }
    case 'update': {
      const { call, leg, media, newOffer, signalling = null } = command;
      const { receives, held, laws, clockRates, srtp, rtcpMux, noSound } = media;
      const [claimed, claimedRtcp] = [packAddress(media.claimed), packAddress(media.claimedRtcp)];
      const said = [call, leg, newOffer, signalling, claimed, claimedRtcp, receives, held, laws, clockRates] as const;
      if (srtp === undefined && rtcpMux === undefined && noSound === undefined) return ['update', ...said];
      const more = {
        ...(srtp !== undefined && { srtp }),
        ...(rtcpMux !== undefined && { rtcpMux }),
        ...(noSound !== undefined && { noSound }),
      };
      return ['update', ...said, more];
    }
    case 'bridge': {
      const { call, a, b, aToB, bToA, conversions } = command;
      return conversions === undefined
        ? ['bridge', call, a, b, aToB, bToA]
        : ['bridge', call, a, b, aToB, bToA, conversions];
    }
    case 'supervise':
      return ['supervise', command.call];
    case 'close-call':
      return ['close-call', command.call];
    default:
      return command;
  }
}

function unpackCommand(packed: PackedCommand): Command {
  if ('do' in packed) return packed;
  switch (packed[0]) {
    case 'open-call':
      return { do: 'open-call', call: packed[1] };
    case 'open-leg': {
      const [, call, leg, name, family, port, signalling] = packed;
      return { do: 'open-leg', call, leg, name, family, port, signalling };
    }
    case 'update': {
      const [, call, leg, newOffer, signalling, claimed, claimedRtcp, receives, held, laws, clockRates, more] = packed;
      return {
        do: 'update',
        call,
        leg,
        media: {
          claimed: unpackAddress(claimed),
          claimedRtcp: unpackAddress(claimedRtcp),
          receives,
          held,
          laws,
          clockRates,
          ...more,
        },
        newOffer,
        signalling: signalling ?? undefined,
      };
    }
    case 'bridge': {
      const [, call, a, b, aToB, bToA, conversions] = packed;
      return { do: 'bridge', call, a, b, aToB, bToA, ...(conversions !== undefined && { conversions }) };
    }
    case 'supervise':
      return { do: 'supervise', call: packed[1] };
    case 'close-call':
      return { do: 'close-call', call: packed[1] };
  }
}

function packReport(report: Report): PackedReport {
  if (report.say !== 'event' || report.event.kind !== 'closed') return report;
  return ['closed', report.call, report.event.legs.map(packLeg)];
}

function unpackReport(packed: PackedReport): Report {
  if ('say' in packed) return packed;
  const [, call, legs] = packed;
  return { say: 'event', call, event: { kind: 'closed', legs: legs.map(unpackLeg) } };
}

function packLeg({ leg, claimed, observed, rtp, rtcp, quality, streams }: LegStatistics): PackedLeg {
  const { jitterMs, greatestJitterMs, duplicates, reordered, score, roundTripMs, reported } = quality;
  const packed = [
    leg,
    packAddress(claimed),
    packAddress(observed),
    packStream(rtp),
    packStream(rtcp),
    [jitterMs, greatestJitterMs, duplicates, reordered, score ?? null, roundTripMs ?? null, reported ?? null],
  ] as const;
  return streams === undefined ? packed : [...packed, streams.map(packTally)];
}

function packTally({ kind, claimed, observed, rtp, rtcp, jitterMs }: StreamTally): PackedTally {
  return [kind, packAddress(claimed), packAddress(observed), packStream(rtp), packStream(rtcp), jitterMs];
}

function unpackTally([kind, claimed, observed, rtp, rtcp, jitterMs]: PackedTally): StreamTally {
  return {
    kind,
    claimed: unpackAddress(claimed),
    observed: unpackAddress(observed),
    rtp: unpackStream(rtp),
    rtcp: unpackStream(rtcp),
    jitterMs,
  };
}

function unpackLeg([leg, claimed, observed, rtp, rtcp, quality, streams]: PackedLeg): LegStatistics {
  const [jitterMs, greatestJitterMs, duplicates, reordered, score, roundTripMs, reported] = quality;
  return {
    leg,
    claimed: unpackAddress(claimed),
    observed: unpackAddress(observed),
    rtp: unpackStream(rtp),
    rtcp: unpackStream(rtcp),
    quality: {
      jitterMs,
      greatestJitterMs,
      duplicates,
      reordered,
      score: score ?? undefined,
      roundTripMs: roundTripMs ?? undefined,
      reported: reported ?? undefined,
    },
    ...(streams !== undefined && { streams: streams.map(unpackTally) }),
  };
}

function packStream(stream: StreamStatistics): PackedStream {
  const { packets, octets, sentPackets, sentOctets, lost, foreign, malformed, unmapped, excess } = stream;
  const { unauthentic, replayed } = stream;
  return [packets, octets, sentPackets, sentOctets, lost, foreign, malformed, unmapped, excess, unauthentic, replayed];
}

function unpackStream(packed: PackedStream): StreamStatistics {
  return {
    packets: packed[0]!,
    octets: packed[1]!,
    sentPackets: packed[2]!,
    sentOctets: packed[3]!,
    lost: packed[4]!,
    foreign: packed[5]!,
    malformed: packed[6]!,
    unmapped: packed[7]!,
    excess: packed[8]!,
    unauthentic: packed[9]!,
    replayed: packed[10]!,
  };
}

function packAddress(endpoint: Endpoint | undefined): Address {
  return endpoint === undefined ? null : [endpoint.address, endpoint.port];
}

function unpackAddress(packed: Address): Endpoint | undefined {
  return packed === null ? undefined : { address: packed[0], port: packed[1] };
}
