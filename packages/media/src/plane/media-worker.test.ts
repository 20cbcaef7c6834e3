import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readWavHeader, WAV_HEADER_OCTETS } from '../recording/wav-header.ts';
import { DROPPED, type LegMedia } from '../sdp/leg-media.ts';
import { MemoryFiles } from '../testing/memory-files.ts';
import { rtcpPacket, rtpPacket, UdpPhone } from '../testing/udp-phone.ts';
import type { LegStatistics, MediaEvent } from './media-plane.ts';
import { MediaWorker } from './media-worker.ts';
import type { Command, Report } from './messages.ts';
import { PATIENCE_MS } from './outbox.ts';

// A whole worker on real sockets and fake time, in this thread.
const RANGE = { first: 41_000, pairs: 20 };

let clock: FakeClock;
let files: MemoryFiles;
let worker: MediaWorker;
let reports: Report[];
let phones: UdpPhone[];

beforeEach(() => {
  clock = new FakeClock();
  files = new MemoryFiles(clock);
  reports = [];
  phones = [];
});

afterEach(async () => {
  worker.execute([{ do: 'stop' }]);
  await settle();
  for (const phone of phones) phone.close();
  expect([files.open, clock.pending]).toEqual([0, 0]);
});

async function start({ pairs = RANGE.pairs, warm = 8, resting = 4, random = 1 } = {}): Promise<void> {
  worker = new MediaWorker({
    settings: {
      addresses: [{ family: 4, address: '127.0.0.1' }],
      pairs: Array.from({ length: pairs }, (_, i) => RANGE.first + 2 * i),
      warm,
      resting,
      restMs: 30_000,
      silenceTimeoutMs: 60_000,
      holdTimeoutMs: 1_800_000,
    },
    clock,
    random: new SeededRandom(random),
    files,
    loop: { sleep: () => {}, afterSockets: () => {} },
    post: (posted) => void reports.push(...posted),
  });
  worker.start();
  await settle();
}

/** Lets microtasks and timers of 0 ms run. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    clock.advance(0);
    await Promise.resolve();
  }
}

/** Lets everything that was reported arrive, what nobody waits for too. */
async function reported(): Promise<void> {
  await settle();
  clock.advance(PATIENCE_MS);
  await settle();
}

/** Waits until so many datagrams have been handled: what comes of one is done when it is counted. */
async function handled(datagrams: number): Promise<void> {
  while (worker.packets < datagrams) await new Promise((resolve) => setImmediate(resolve));
}

function warmPorts(): number[] {
  return reports.flatMap((report) => (report.say === 'warm' ? report.ports : []));
}

function reservePorts(): number[] {
  return reports.flatMap((report) => (report.say === 'reserve' ? report.ports : []));
}

function events(call = 1): MediaEvent[] {
  return reports.flatMap((report) => (report.say === 'event' && report.call === call ? [report.event] : []));
}

function statistics(leg: string): LegStatistics {
  const closed = events().find((event) => event.kind === 'closed');
  if (closed?.kind !== 'closed') throw new Error('the call was not closed');
  return closed.legs.find((each) => each.leg === leg)!;
}

async function phone(address: string): Promise<UdpPhone> {
  const opened = await UdpPhone.open(address);
  phones.push(opened);
  return opened;
}

function media(of: UdpPhone | undefined, more: Partial<LegMedia> = {}): LegMedia {
  const laws = [[8, 'PCMA'] as const, [0, 'PCMU'] as const];
  return { claimed: of?.at, claimedRtcp: undefined, receives: true, held: false, laws, ...more };
}

/** Ports of the legs in the order of their opening. */
let ports: number[];

function openLegs(...signalling: string[]): Command[] {
  ports = warmPorts().slice(0, signalling.length);
  const legs = signalling.map(
    (address, i): Command => ({
      do: 'open-leg',
      call: 1,
      leg: i + 1,
      name: 'abc'[i]!,
      family: 4,
      port: ports[i]!,
      signalling: address,
    }),
  );
  return [{ do: 'open-call', call: 1 }, ...legs];
}

function update(leg: number, said: LegMedia, newOffer = true): Command {
  return { do: 'update', call: 1, leg, media: said, newOffer, signalling: undefined };
}

const BRIDGE = { do: 'bridge', call: 1, a: 1, b: 2, aToB: [], bToA: [] } as const satisfies Command;
const CLOSE = { do: 'close-call', call: 1 } as const satisfies Command;

function rtpPort(leg: number) {
  return { address: '127.0.0.1', port: ports[leg - 1]! };
}

function rtcpPort(leg: number) {
  return { address: '127.0.0.1', port: ports[leg - 1]! + 1 };
}

/** Two phones in a call. */
async function call(...more: Command[]): Promise<{ a: UdpPhone; b: UdpPhone }> {
  await start();
  const a = await phone('127.0.0.2');
  const b = await phone('127.0.0.3');
  worker.execute([...openLegs('127.0.0.2', '127.0.0.3'), update(1, media(a)), update(2, media(b)), BRIDGE, ...more]);
  return { a, b };
}

async function close(): Promise<void> {
  worker.execute([CLOSE]);
  await reported();
}

describe('the relay', () => {
  test('what one side says the other hears, octet for octet, from its own leg port', async () => {
    const { a, b } = await call();
    a.send(rtpPacket({ sequence: 1, ssrc: 7 }), rtpPort(1));
    b.send(rtpPacket({ sequence: 9, ssrc: 8 }), rtpPort(2));
    expect(await b.next()).toEqual({ packet: rtpPacket({ sequence: 1, ssrc: 7 }), from: rtpPort(2) });
    expect(await a.next()).toEqual({ packet: rtpPacket({ sequence: 9, ssrc: 8 }), from: rtpPort(1) });
    await close();
    expect(statistics('a')).toMatchObject({
      claimed: a.at,
      observed: a.at,
      rtp: { packets: 1, octets: 172, sentPackets: 1, sentOctets: 172, foreign: 0 },
    });
    expect(events().filter((event) => event.kind === 'learned')).toHaveLength(2);
  });

  test('RTCP goes its own way: to the claimed port, to a learned one, or multiplexed', async () => {
    const { a, b } = await call();
    const aRtcp = await phone('127.0.0.2');
    const bRtcp = await phone('127.0.0.3');
    worker.execute([update(2, media(b, { claimedRtcp: bRtcp.at }), false)]);
    aRtcp.send(rtcpPacket(1), rtcpPort(1));
    expect(await bRtcp.next()).toEqual({ packet: rtcpPacket(1), from: rtcpPort(2) });
    bRtcp.send(rtcpPacket(2), rtcpPort(2));
    expect((await aRtcp.next()).packet).toEqual(rtcpPacket(2));
    // The caller's phone was never told that it may multiplex, and does.
    a.send(rtpPacket({ sequence: 1 }), rtpPort(1));
    await b.next();
    a.send(rtcpPacket(3), rtpPort(1));
    expect((await bRtcp.next()).packet).toEqual(rtcpPacket(3));
    await close();
    expect(statistics('a').rtcp).toMatchObject({ packets: 2, sentPackets: 1 });
  });

  test('payload types are rewritten each way, markers kept; what the other side never agreed to is dropped', async () => {
    const { a, b } = await call({
      ...BRIDGE,
      aToB: [[101, 96]],
      bToA: [
        [96, 101],
        [97, DROPPED],
      ],
    });
    a.send(rtpPacket({ sequence: 1, payloadType: 101, marker: true }), rtpPort(1));
    expect((await b.next()).packet.subarray(0, 2)).toEqual(Buffer.from([0x80, 0x80 | 96]));
    b.send(rtpPacket({ sequence: 1, payloadType: 97 }), rtpPort(2));
    b.send(rtpPacket({ sequence: 2, payloadType: 96 }), rtpPort(2));
    expect((await a.next()).packet).toEqual(
      rtpPacket({ sequence: 2, payloadType: 101, payload: Buffer.alloc(160, 2) }),
    );
    await close();
    expect(statistics('b').rtp).toMatchObject({ packets: 2, unmapped: 1 });
  });

  test('checklist 4: what is no RTP or RTCP is dropped and counted, and breaks nothing', async () => {
    const { a, b } = await call();
    for (let length = 0; length < 12; length++) a.send(Buffer.alloc(length, 0x80), rtpPort(1));
    a.send(rtpPacket({ sequence: 1 }).fill(0xff, 0, 1), rtpPort(1));
    a.send(Buffer.from([0x80, 201, 0, 9, 0, 0, 0, 1]), rtpPort(1));
    a.send(Buffer.from([0x80, 201, 0, 9, 0, 0, 0, 1]), rtcpPort(1));
    a.send(rtpPacket({ sequence: 2 }), rtcpPort(1));
    await handled(16);
    a.send(rtpPacket({ sequence: 3 }), rtpPort(1));
    expect((await b.next()).packet).toEqual(rtpPacket({ sequence: 3 }));
    await close();
    const { rtp, rtcp } = statistics('a');
    expect(rtp.malformed + rtcp.malformed).toBe(16);
  });

  test('a leg that says sendonly or inactive gets nothing, and is heard all the same', async () => {
    const { a, b } = await call();
    worker.execute([update(1, media(a, { receives: false, held: true }))]);
    b.send(rtpPacket({ sequence: 1 }), rtpPort(2));
    a.send(rtpPacket({ sequence: 1 }), rtpPort(1));
    await handled(2);
    worker.execute([update(1, media(a))]);
    b.send(rtpPacket({ sequence: 2 }), rtpPort(2));
    expect((await a.next()).packet).toEqual(rtpPacket({ sequence: 2 }));
  });

  test('echo sends a leg its own sound, not its own RTCP', async () => {
    await start();
    const a = await phone('127.0.0.2');
    worker.execute([...openLegs('127.0.0.2'), update(1, media(a)), { do: 'echo', call: 1, leg: 1 }]);
    a.send(rtcpPacket(), rtcpPort(1));
    await handled(1);
    a.send(rtpPacket({ sequence: 5 }), rtpPort(1));
    expect(await a.next()).toEqual({ packet: rtpPacket({ sequence: 5 }), from: rtpPort(1) });
    await close();
    expect(statistics('a').rtcp).toMatchObject({ packets: 1, sentPackets: 0 });
  });

  test('a leg is parted from its peer by unbridge, by another bridge, and by closing', async () => {
    const { a, b } = await call();
    const c = await phone('127.0.0.4');
    const open = openLegs('127.0.0.2', '127.0.0.3', '127.0.0.4').at(-1)!;
    worker.execute([open, update(3, media(c)), { do: 'bridge', call: 1, a: 1, b: 3, aToB: [], bToA: [] }]);
    b.send(rtpPacket({ sequence: 1 }), rtpPort(2));
    a.send(rtpPacket({ sequence: 1 }), rtpPort(1));
    await c.next();
    await handled(2);
    c.send(rtpPacket({ sequence: 2 }), rtpPort(3));
    expect((await a.next()).packet).toEqual(rtpPacket({ sequence: 2 }));
    worker.execute([{ do: 'close-leg', call: 1, leg: 3 }]);
    a.send(rtpPacket({ sequence: 2 }), rtpPort(1));
    await handled(4);
    worker.execute([BRIDGE]);
    a.send(rtpPacket({ sequence: 3 }), rtpPort(1));
    await b.next();
    worker.execute([{ do: 'unbridge', call: 1, leg: 2 }]);
    await close();
    expect(b.heard.map(({ packet }) => packet.readUInt16BE(2))).toEqual([3]);
    expect(a.heard).toHaveLength(1);
    expect(statistics('c').rtp).toMatchObject({ packets: 1 });
  });

  test('a flood from the peer itself is cut at a thousand packets a second', async () => {
    const { a, b } = await call();
    for (let i = 0; i < 1_100; i++) {
      a.send(rtpPacket({ sequence: i, payload: Buffer.alloc(1) }), rtpPort(1));
      if (i % 50 === 49) await handled(i + 1);
    }
    clock.advance(1_000);
    a.send(rtpPacket({ sequence: 2_000 }), rtpPort(1));
    while ((await b.next()).packet.readUInt16BE(2) !== 2_000);
    await close();
    expect(b.heard).toHaveLength(1_001);
    expect(statistics('a').rtp).toMatchObject({ packets: 1_001, excess: 100 });
  });
});

describe('who is believed', () => {
  test('checklist 1: packets from a third address never change where a call goes, and none is forwarded', async () => {
    const { a, b } = await call();
    const thief = await phone('127.0.0.66');
    a.send(rtpPacket({ sequence: 1 }), rtpPort(1));
    await b.next();
    for (let i = 0; i < 50; i++) thief.send(rtpPacket({ sequence: 2 + i }), rtpPort(1));
    thief.send(rtcpPacket(), rtcpPort(1));
    await handled(52);
    a.send(rtpPacket({ sequence: 2 }), rtpPort(1));
    b.send(rtpPacket({ sequence: 1 }), rtpPort(2));
    await b.next();
    await a.next();
    await close();
    expect([thief.heard.length, b.heard.length]).toEqual([0, 2]);
    expect(statistics('a')).toMatchObject({ observed: a.at, rtp: { foreign: 50 }, rtcp: { foreign: 1 } });
  });

  test('a phone behind a NAT is learned on the address of its signalling, and answered there', async () => {
    await start();
    const a = await phone('127.0.0.2');
    const b = await phone('127.0.0.3');
    worker.execute([...openLegs('127.0.0.2', '127.0.0.3'), update(1, media(undefined)), update(2, media(b)), BRIDGE]);
    b.send(rtpPacket({ sequence: 1 }), rtpPort(2)); // nobody knows yet where to
    await handled(1);
    a.send(rtpPacket({ sequence: 1 }), rtpPort(1));
    await b.next();
    b.send(rtpPacket({ sequence: 2 }), rtpPort(2));
    expect((await a.next()).packet).toEqual(rtpPacket({ sequence: 2 }));
    await reported();
    expect(events()).toContainEqual({ kind: 'learned', leg: 'a', observed: a.at, claimed: undefined });
  });

  test('a settled source has its socket to itself; 3 s of silence or a new offer open it again', async () => {
    const { a, b } = await call();
    const moved = await phone('127.0.0.2');
    const say = async (from: UdpPhone, sequence: number) => {
      from.send(rtpPacket({ sequence }), rtpPort(1));
      await b.next();
    };
    for (let sequence = 1; sequence <= 7; sequence++) {
      await say(a, sequence);
      clock.advance(1_000);
    }
    await say(a, 8);
    // Connected now: the kernel drops this, so not even a counter sees it.
    moved.send(rtpPacket({ sequence: 9 }), rtpPort(1));
    await say(a, 9);
    clock.advance(4_500);
    await say(moved, 10); // same address, after silence
    b.send(rtpPacket({ sequence: 1 }), rtpPort(2));
    await moved.next();
    for (let sequence = 11; sequence <= 17; sequence++) {
      await say(moved, sequence);
      clock.advance(1_000);
    }
    worker.execute([update(1, media(undefined))]);
    await say(a, 18);
    await close();
    expect(statistics('a')).toMatchObject({ observed: a.at, rtp: { packets: 18, foreign: 0 } });
  });

  test('a peer whose port is closed does no harm, connected or not', async () => {
    const { a, b } = await call();
    for (let i = 1; i <= 7; i++) {
      b.send(rtpPacket({ sequence: i }), rtpPort(2));
      await a.next();
      clock.advance(1_000);
    }
    b.close();
    phones.splice(phones.indexOf(b), 1);
    for (let i = 0; i < 20; i++) a.send(rtpPacket({ sequence: i }), rtpPort(1));
    const again = await UdpPhone.open('127.0.0.3');
    phones.push(again);
    worker.execute([update(2, media(again))]);
    a.send(rtpPacket({ sequence: 77 }), rtpPort(1));
    await again.next();
  });
});

describe('the recording', () => {
  const RECORD = { do: 'record', call: 1, path: 'r.wav', left: 1, right: 2 } as const satisfies Command;

  test('holds both sides in their places, and is finished before the call is told closed', async () => {
    const { a, b } = await call(RECORD);
    await settle();
    for (let i = 0; i < 5; i++) {
      a.send(rtpPacket({ sequence: i, payload: Buffer.alloc(160, 1) }), rtpPort(1));
      await b.next();
      b.send(rtpPacket({ sequence: i, ssrc: 9, payload: Buffer.alloc(160, 2) }), rtpPort(2));
      await a.next();
      // Events and comfort noise are no sound.
      a.send(rtpPacket({ sequence: 100 + i, payloadType: 101, payload: Buffer.alloc(4, 3) }), rtpPort(1));
      await b.next();
      clock.advance(20);
    }
    await close();
    expect(events().map((event) => event.kind)).toEqual(['learned', 'learned', 'recording-finished', 'closed']);
    expect(events()[2]).toEqual({
      kind: 'recording-finished',
      path: 'r.wav',
      law: 'PCMA',
      durationMs: 100,
      octets: 58 + 1_600,
    });
    const wav = files.contents.get('r.wav')!;
    expect(readWavHeader(wav)).toEqual({ law: 'PCMA', frames: 800 });
    expect(wav.subarray(WAV_HEADER_OCTETS).equals(Buffer.alloc(1_600, Buffer.from([1, 2])))).toBe(true);
  });

  test('holds nothing that the other side could not hear', async () => {
    const { a, b } = await call(RECORD, update(1, media(undefined, { receives: false, held: true })));
    b.send(rtpPacket({ sequence: 1, payload: Buffer.alloc(160, 2) }), rtpPort(2));
    a.send(rtpPacket({ sequence: 1, payload: Buffer.alloc(160, 1) }), rtpPort(1));
    await handled(2);
    clock.advance(20);
    await close();
    expect(files.contents.get('r.wav')!.includes(2, WAV_HEADER_OCTETS)).toBe(false);
  });

  test('a disk that is full ends the recording, not the call', async () => {
    files.capacity = 4_000;
    const { a, b } = await call(RECORD);
    for (let i = 0; i < 50; i++) {
      a.send(rtpPacket({ sequence: i, payload: Buffer.alloc(160, 1) }), rtpPort(1));
      await b.next();
      clock.advance(20);
    }
    clock.advance(1_000);
    await reported();
    expect(events().filter((event) => event.kind === 'recording-failed')).toMatchObject([{ reason: 'no-space' }]);
    a.send(rtpPacket({ sequence: 50 }), rtpPort(1));
    await b.next();
    await close();
    expect(events().map((event) => event.kind)).toEqual(['learned', 'recording-failed', 'closed']);
  });

  test('an echo is recorded on both sides', async () => {
    await start();
    const a = await phone('127.0.0.2');
    worker.execute([
      ...openLegs('127.0.0.2'),
      update(1, media(a)),
      { do: 'echo', call: 1, leg: 1 },
      { ...RECORD, right: 1 },
    ]);
    a.send(rtpPacket({ sequence: 1, payload: Buffer.alloc(160, 5) }), rtpPort(1));
    await a.next();
    clock.advance(20);
    await close();
    expect(files.contents.get('r.wav')!.subarray(WAV_HEADER_OCTETS).equals(Buffer.alloc(320, 5))).toBe(true);
  });
});

describe('supervision', () => {
  test('silence is told after the answer only, and only while nobody is held', async () => {
    const { a } = await call();
    clock.advance(120_000);
    await reported();
    expect(events()).toEqual([]);
    worker.execute([{ do: 'supervise', call: 1 }, update(1, media(a, { held: true }))]);
    clock.advance(120_000);
    worker.execute([update(1, media(a))]);
    clock.advance(59_000);
    await reported();
    expect(events()).toEqual([]);
    clock.advance(3_000);
    await reported();
    expect(events()).toEqual([{ kind: 'silence', milliseconds: 60_000 }]);
  });

  test('a hold has its end', async () => {
    const { a } = await call({ do: 'supervise', call: 1 });
    worker.execute([update(1, media(a, { held: true }))]);
    clock.advance(1_802_000);
    await reported();
    expect(events()).toEqual([{ kind: 'hold-expired', milliseconds: 1_800_000 }]);
  });
});

describe('ports', () => {
  test('checklist 21: pairs are even and odd, in no order, and warm ones are bound again as they are leased', async () => {
    await start();
    expect(reports.at(-1)).toEqual({ say: 'ready' });
    expect(warmPorts()).toHaveLength(8);
    expect(warmPorts()).not.toEqual([...warmPorts()].sort());
    for (const port of warmPorts()) expect(port % 2).toBe(0);
    worker.execute(openLegs('127.0.0.2', '127.0.0.3'));
    await reported();
    expect(new Set(warmPorts()).size).toBe(10);
  });

  test('checklist 21: exhausted is exhausted, and what rested comes back, calls or none', async () => {
    await start({ pairs: 2, resting: 0 });
    expect(warmPorts()).toHaveLength(2);
    worker.execute(openLegs('127.0.0.2', '127.0.0.3'));
    await reported();
    expect(warmPorts()).toHaveLength(2);
    await close();
    clock.advance(29_000);
    await reported();
    expect(warmPorts()).toHaveLength(2);
    clock.advance(2_000);
    await reported();
    expect(warmPorts()).toHaveLength(4);
  });

  test('checklist 21: a burst takes pairs of the reserve, which are bound a portion a turn, and its calls have sound', async () => {
    await start({ warm: 2 });
    expect(warmPorts()).toHaveLength(2);
    expect(reservePorts()).toHaveLength(18);
    expect(new Set([...warmPorts(), ...reservePorts()]).size).toBe(20);
    const a = await phone('127.0.0.2');
    const [first, ...rest] = [...warmPorts(), ...reservePorts()].map(
      (port, i): Command => ({
        do: 'open-leg',
        call: 1,
        leg: i + 1,
        name: String(i),
        family: 4,
        port,
        signalling: '127.0.0.2',
      }),
    );
    worker.execute([{ do: 'open-call', call: 1 }, first!, ...rest, update(20, media(a))]);
    worker.execute([{ do: 'echo', call: 1, leg: 20 }]);
    const last = { address: '127.0.0.1', port: reservePorts().at(-1)! };
    await expect(UdpPhone.open(last.address, last.port).then((other) => phones.push(other))).resolves.toBeDefined();
    phones.pop()!.close();
    await settle();
    a.send(rtpPacket({ sequence: 1 }), last);
    expect((await a.next()).from).toEqual(last);
  });

  test('a pair of the reserve that another process has costs the one call that got it', async () => {
    await start({ warm: 2 });
    const port = reservePorts()[0]!;
    phones.push(await UdpPhone.open('127.0.0.1', port));
    worker.execute([
      { do: 'open-call', call: 1 },
      { do: 'open-leg', call: 1, leg: 1, name: 'a', family: 4, port, signalling: '127.0.0.2' },
    ]);
    await settle();
    expect(events()).toMatchObject([
      { kind: 'lost', detail: expect.stringContaining(`${port} of the reserve cannot be bound: EADDRINUSE`) },
    ]);
  });

  test('a pair that rests bound hears nobody, and serves another call afterwards as a new one would', async () => {
    await start({ pairs: 1, warm: 1 });
    const a = await phone('127.0.0.2');
    worker.execute([...openLegs('127.0.0.2'), update(1, media(a)), { do: 'echo', call: 1, leg: 1 }]);
    for (let sequence = 1; sequence <= 7; sequence++) {
      a.send(rtpPacket({ sequence }), rtpPort(1));
      await a.next();
      clock.advance(1_000); // connected to its source by now
    }
    await close();
    // Bound: nobody else gets it.
    await expect(UdpPhone.open('127.0.0.1', ports[0])).rejects.toThrow('EADDRINUSE');
    a.send(rtpPacket({ sequence: 8 }), rtpPort(1));
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve)); // the packet is read
    clock.advance(29_000);
    await reported();
    expect(warmPorts()).toHaveLength(1);
    clock.advance(2_000);
    await reported();
    expect(warmPorts()).toEqual([ports[0], ports[0]]);
    const b = await phone('127.0.0.3');
    const [, opened] = openLegs('127.0.0.3');
    worker.execute([
      { do: 'open-call', call: 2 },
      { ...opened, call: 2 } as Command,
      { ...update(1, media(b)), call: 2 } as Command,
      { do: 'echo', call: 2, leg: 1 },
    ]);
    b.send(rtpPacket({ sequence: 1 }), rtpPort(1));
    expect((await b.next()).packet).toEqual(rtpPacket({ sequence: 1 }));
    worker.execute([{ do: 'close-call', call: 2 }]);
    await reported();
    expect(events(2)).toMatchObject([
      { kind: 'learned', observed: b.at },
      { kind: 'closed', legs: [{ rtp: { packets: 1, foreign: 0 } }] },
    ]);
    expect(a.heard).toHaveLength(7);
  });

  test('only so many pairs rest bound, and what the next refill will not need is closed after its rest', async () => {
    await start({ warm: 1, resting: 4 });
    const free = async (port: number) => {
      const other = await UdpPhone.open('127.0.0.1', port).catch(() => undefined);
      other?.close();
      return other !== undefined;
    };
    ports = [...warmPorts(), ...reservePorts()].slice(0, 6);
    for (const [i, port] of ports.entries()) {
      const leg = { leg: 1, name: 'a', family: 4, signalling: '127.0.0.2' } as const;
      worker.execute([
        { do: 'open-call', call: i + 1 },
        { do: 'open-leg', call: i + 1, port, ...leg },
      ]);
    }
    await settle();
    for (let number = 1; number <= 6; number++) worker.execute([{ do: 'close-call', call: number }]);
    await reported();
    expect(await Promise.all(ports.map(free))).toEqual([false, false, false, false, true, true]);
    clock.advance(31_000);
    expect((await Promise.all(ports.map(free))).filter((each) => each)).toHaveLength(4);
  });

  test('a pair of which another process has one port is passed over, and its other port let go', async () => {
    const other = await UdpPhone.open('127.0.0.1', RANGE.first + 1);
    phones.push(other);
    await start({ pairs: 2 });
    expect(warmPorts()).toEqual([RANGE.first + 2]);
    expect(reports).toContainEqual({ say: 'unbound', address: '127.0.0.1', inUse: 1, failed: undefined });
    const even = await UdpPhone.open('127.0.0.1', RANGE.first);
    phones.push(even);
  });

  test('an address that is not ours is said', async () => {
    worker = new MediaWorker({
      settings: {
        addresses: [{ family: 4, address: '192.0.2.1' }],
        pairs: [RANGE.first],
        warm: 1,
        resting: 0,
        restMs: 0,
        silenceTimeoutMs: 0,
        holdTimeoutMs: 0,
      },
      clock,
      random: new SeededRandom(1),
      files,
      loop: { sleep: () => {}, afterSockets: () => {} },
      post: (posted) => void reports.push(...posted),
    });
    worker.start();
    await reported();
    expect(reports).toEqual([{ say: 'failed', code: 'EADDRNOTAVAIL', address: '192.0.2.1' }]);
  });
});

describe('faults', () => {
  test('a bug in the handling of a call costs that call, not the worker', async () => {
    const { a } = await call({ do: 'record', call: 1, path: 'r.wav', left: 1, right: 2 });
    await settle();
    worker.execute([{ ...openLegs('127.0.0.2')[1]!, port: 1, leg: 9 } as Command]);
    await reported();
    expect(events().map((event) => event.kind)).toEqual(['recording-finished', 'lost']);
    a.send(rtpPacket({ sequence: 1 }), rtpPort(1));
    worker.execute([CLOSE, BRIDGE, { do: 'open-call', call: 2 }, { do: 'close-call', call: 2 }]);
    await reported();
    expect(events(2)).toEqual([{ kind: 'closed', legs: [] }]);
  });

  test('a pair that was leased for a call lost meanwhile is not lost with it', async () => {
    await start({ pairs: 1 });
    worker.execute(openLegs('127.0.0.2').slice(1));
    clock.advance(31_000);
    await reported();
    expect(warmPorts()).toEqual([RANGE.first, RANGE.first]);
  });

  test('commands for what is gone are void', async () => {
    await call();
    worker.execute([
      { do: 'close-leg', call: 1, leg: 2 },
      { do: 'close-leg', call: 1, leg: 2 },
      BRIDGE,
      { do: 'echo', call: 1, leg: 2 },
      { do: 'unbridge', call: 1, leg: 2 },
      update(2, media(undefined)),
      CLOSE,
      CLOSE,
      { do: 'supervise', call: 1 },
    ]);
    await reported();
    expect(events().filter((event) => event.kind === 'closed')).toHaveLength(1);
  });
});
