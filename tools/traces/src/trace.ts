import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Endpoint, formatEndpoint } from '@vats/kernel';
import { conversations, type Oddity } from './capture/conversations.ts';
import { readCapture } from './capture/read-capture.ts';
import { type RtpStream, RtpStreams } from './rtp-streams.ts';
import { looksLikeSip, readSipText, type SipText } from './sip-text.ts';
import { StreamMessages } from './stream-messages.ts';

/** One message that went over the wire. */
export interface TraceMessage {
  /** Its place in the trace, from 1. */
  readonly number: number;
  /** The frame of the capture that completed it. */
  readonly frame: number;
  /** Milliseconds since the trace's first message. */
  readonly at: number;
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly transport: 'udp' | 'tcp';
  /** Number of its TCP connection. */
  readonly connection: number | undefined;
  readonly octets: Buffer;
  /** Its lines; undefined for a keep-alive and for what is no SIP at all. */
  readonly sip: SipText | undefined;
}

/** A TCP connection that carried SIP. */
export interface TraceConnection {
  readonly number: number;
  /** Who asked for it. */
  readonly opener: Endpoint;
  readonly acceptor: Endpoint;
}

/** A capture as SIP sees it. */
export interface Trace {
  readonly name: string;
  readonly messages: readonly TraceMessage[];
  readonly connections: readonly TraceConnection[];
  /** The sound beside it. */
  readonly streams: readonly RtpStream[];
  /** What the reader could make nothing of. */
  readonly oddities: readonly Oddity[];
}

/** Reads a capture file. @throws CaptureFault, or the system's error when it can't be read. */
export function readTrace(file: string): Trace {
  return traceOf(readFileSync(file), basename(file));
}

/**
 * Finds the SIP messages of a capture. Two endpoints between which one message looks like SIP speak SIP: whatever else
 * goes between them (a keep-alive, nonsense) belongs to the trace too.
 */
export function traceOf(octets: Buffer, name: string): Trace {
  const oddities: Oddity[] = [];
  const said = [...conversations(readCapture(octets, name), (oddity) => oddities.push(oddity))];
  const pairs = new Set(said.filter(({ octets }) => looksLikeSip(octets)).map(pairOf));
  const messages: TraceMessage[] = [];
  const connections = new Map<number, TraceConnection>();
  const framers = new Map<string, StreamMessages>();
  const streams = new RtpStreams();
  let began: number | undefined;
  for (const each of said) {
    const { frame, from, to } = each;
    if (!pairs.has(pairOf(each))) {
      if (each.kind === 'datagram') streams.take(from, to, each.octets);
      continue;
    }
    began ??= frame.at;
    const at = (frame.at - began) / 1_000;
    const add = (transport: 'udp' | 'tcp', connection: number | undefined, octets: Buffer): void => {
      const sip = readSipText(octets);
      messages.push({
        number: messages.length + 1,
        frame: frame.number,
        at,
        from,
        to,
        transport,
        connection,
        octets,
        sip,
      });
    };
    if (each.kind === 'datagram') {
      add('udp', undefined, each.octets);
      continue;
    }
    const { connection, opener, afterGap } = each;
    if (afterGap)
      oddities.push({ frame: frame.number, offset: frame.offset, what: `connection ${connection} has a gap` });
    const acceptor = opener === from || formatEndpoint(opener) === formatEndpoint(from) ? to : from;
    connections.set(connection, { number: connection, opener, acceptor });
    const direction = `${connection} ${formatEndpoint(from)}`;
    const framer = framers.get(direction) ?? new StreamMessages();
    framers.set(direction, framer);
    for (const message of framer.take(each.octets)) add('tcp', connection, message);
  }
  for (const [direction, framer] of framers) {
    const unended = framer.rest().length;
    if (unended > 0)
      oddities.push({ frame: 0, offset: 0, what: `connection ${direction}: ${unended} octets never ended` });
  }
  return { name, messages, connections: [...connections.values()], streams: streams.list(), oddities };
}

function pairOf({ kind, from, to }: { readonly kind: string; readonly from: Endpoint; readonly to: Endpoint }): string {
  return `${kind} ${[formatEndpoint(from), formatEndpoint(to)].sort().join(' ')}`;
}
