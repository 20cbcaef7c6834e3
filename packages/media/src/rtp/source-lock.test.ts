import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { GRACE_MS, SETTLE_MS, SILENT_MS, SourceLock } from './source-lock.ts';

const CLAIMED = { address: '203.0.113.7', port: 4000 };
const SIGNALLING = '203.0.113.50';
const STRANGER = '192.0.2.66';

let lock: SourceLock;
let now: number;
let sequence: number;

beforeEach(() => {
  now = 1_000;
  sequence = 0;
  lock = new SourceLock(SIGNALLING);
});

function packet(address: string, port: number, ssrc = 7): boolean {
  return lock.accepts(address, port, ssrc, sequence++ & 0xffff, now);
}

/** Packets every 20 ms for so long; how many of them were accepted. */
function stream(milliseconds: number, address: string, port: number, ssrc = 7): number {
  let accepted = 0;
  for (const end = now + milliseconds; now < end; now += 20) if (packet(address, port, ssrc)) accepted++;
  return accepted;
}

describe('before the lock', () => {
  test.each([
    ['the claimed endpoint', CLAIMED.address, CLAIMED.port],
    ['another port on the claimed address', CLAIMED.address, 61_234],
    ["any port on the signalling's address", SIGNALLING, 61_234],
  ])('%s is believed at once', (_, address, port) => {
    lock.describe(CLAIMED, SIGNALLING, true, now);
    expect(packet(address, port)).toBe(true);
    expect(lock.observed).toEqual({ address, port });
    expect(lock.believed).toBe(true);
  });

  test("early media from the signalling's address is heard before any description", () => {
    expect(packet(SIGNALLING, 4000)).toBe(true);
  });

  test('a stranger is never believed before there is a description', () => {
    expect(stream(10_000, STRANGER, 9)).toBe(0);
  });

  test('a stranger waits for a second in which no believed one speaks', () => {
    lock.describe(undefined, SIGNALLING, true, now);
    expect(stream(GRACE_MS, STRANGER, 9)).toBe(0);
    expect(packet(STRANGER, 9)).toBe(true);
    expect(lock.believed).toBe(false);
  });

  test('a second that this thread slept through is none in which a stranger spoke', () => {
    lock.describe(undefined, SIGNALLING, true, now);
    now += SETTLE_MS;
    expect(stream(100, STRANGER, 9)).toBe(0);
    now += GRACE_MS;
    // What had come meanwhile is read now, the believed source's own packets behind it.
    expect(stream(100, STRANGER, 9)).toBe(0);
    expect(packet(SIGNALLING, 4000)).toBe(true);
    expect(lock.believed).toBe(true);
  });

  test('the grace starts no earlier than the description', () => {
    stream(5_000, STRANGER, 9);
    lock.describe(CLAIMED, SIGNALLING, true, now);
    expect(stream(GRACE_MS, STRANGER, 9)).toBe(0);
  });

  test('checklist 2: none is forwarded from a stranger while the signalled one is sending', () => {
    lock.describe(CLAIMED, SIGNALLING, true, now);
    expect(stream(GRACE_MS - 20, STRANGER, 9)).toBe(0);
    expect(packet(CLAIMED.address, CLAIMED.port)).toBe(true);
    for (let i = 0; i < 500; i++, now += 20) {
      expect(packet(STRANGER, 9)).toBe(false);
      expect(packet(CLAIMED.address, CLAIMED.port)).toBe(true);
    }
  });

  test('strangers cannot keep each other out for ever', () => {
    lock.describe(undefined, SIGNALLING, true, now);
    let accepted = 0;
    for (let i = 0; i < 100; i++, now += 20) {
      if (packet(STRANGER, 9)) accepted++;
      expect(packet('192.0.2.67', 9)).toBe(false);
    }
    expect(accepted).toBeGreaterThan(0);
  });

  test('a stranger that went silent during its grace makes room for another', () => {
    lock.describe(undefined, SIGNALLING, true, now);
    packet(STRANGER, 9);
    now += GRACE_MS;
    expect(stream(GRACE_MS, '192.0.2.67', 9)).toBe(0);
    expect(packet('192.0.2.67', 9)).toBe(true);
  });
});

describe('once locked', () => {
  beforeEach(() => {
    lock.describe(CLAIMED, SIGNALLING, true, now);
    packet(CLAIMED.address, CLAIMED.port);
  });

  test('checklist 1: a third party is never accepted while the peer speaks, whatever SSRC and sequence it guesses', () => {
    for (let i = 0; i < 500; i++, now += 20) {
      expect(packet(CLAIMED.address, CLAIMED.port)).toBe(true);
      expect(packet(STRANGER, 9, 7)).toBe(false);
      expect(packet(CLAIMED.address, 9, 7)).toBe(false);
      expect(packet(SIGNALLING, 9, 7)).toBe(false);
    }
    expect(lock.observed).toEqual(CLAIMED);
  });

  test('checklist 1: nor is it after any silence with another SSRC', () => {
    now += 60_000;
    expect(stream(10_000, STRANGER, 9, 8)).toBe(0);
    expect(lock.observed).toEqual(CLAIMED);
  });

  test('after 3 s of silence the same address may come from another port', () => {
    now += SILENT_MS - 1;
    expect(packet(CLAIMED.address, 5000, 99)).toBe(false);
    now += 1;
    expect(packet(CLAIMED.address, 5000, 99)).toBe(true);
    expect(lock.observed).toEqual({ address: CLAIMED.address, port: 5000 });
  });

  test('after 3 s of silence the same stream may come from another address', () => {
    now += SILENT_MS;
    sequence = 150;
    expect(packet(STRANGER, 9, 7)).toBe(true);
  });

  test('a known SSRC with a sequence number that does not continue is a stranger', () => {
    now += SILENT_MS;
    sequence = 30_000;
    expect(packet(STRANGER, 9, 7)).toBe(false);
    sequence = 0;
    expect(packet(STRANGER, 9, 7)).toBe(false);
  });

  test('it settles 5 s after the lock, and again 5 s after a new offer', () => {
    now += SETTLE_MS - 1;
    expect(lock.isSettled(now)).toBe(false);
    now += 1;
    expect(lock.isSettled(now)).toBe(true);
    lock.describe(CLAIMED, SIGNALLING, false, now);
    expect(lock.isSettled(now)).toBe(true);
    lock.describe(CLAIMED, SIGNALLING, true, now);
    expect(lock.isSettled(now)).toBe(false);
  });
});

describe('a better believed source', () => {
  test('takes over from another port on its address, not the other way round', () => {
    lock.describe(CLAIMED, SIGNALLING, true, now);
    packet(CLAIMED.address, 5000);
    expect(packet(CLAIMED.address, CLAIMED.port)).toBe(true);
    expect(packet(CLAIMED.address, 5000)).toBe(false);
    expect(lock.locks).toBe(2);
  });

  test('takes over from a stranger at any time', () => {
    lock.describe(CLAIMED, SIGNALLING, true, now);
    stream(60_000, STRANGER, 9);
    expect(lock.observed).toEqual({ address: STRANGER, port: 9 });
    expect(lock.isSettled(now)).toBe(false);
    expect(packet(SIGNALLING, 61_000)).toBe(true);
    expect(packet(STRANGER, 9)).toBe(false);
  });
});

describe('a new offer', () => {
  const ELSEWHERE = { address: '203.0.113.9', port: 7000 };

  beforeEach(() => {
    lock.describe(CLAIMED, SIGNALLING, true, now);
    packet(CLAIMED.address, CLAIMED.port);
    now += 60_000;
    packet(CLAIMED.address, CLAIMED.port);
  });

  test('that claims another endpoint turns there at once, and still hears what is under way from the former', () => {
    lock.describe(ELSEWHERE, SIGNALLING, true, now);
    expect(lock.observed).toBeUndefined();
    now += 20;
    expect(packet(CLAIMED.address, CLAIMED.port)).toBe(true);
    expect(lock.observed).toBeUndefined();
    expect(packet(ELSEWHERE.address, ELSEWHERE.port)).toBe(true);
    expect(lock.observed).toEqual(ELSEWHERE);
    expect(packet(CLAIMED.address, CLAIMED.port)).toBe(false);
  });

  test('that claims another endpoint, and a peer that goes on as before: locked again after the grace', () => {
    lock.describe({ address: CLAIMED.address, port: 9999 }, SIGNALLING, true, now);
    stream(GRACE_MS, CLAIMED.address, CLAIMED.port);
    expect(lock.observed).toBeUndefined();
    expect(packet(CLAIMED.address, CLAIMED.port)).toBe(true);
    expect(lock.observed).toEqual(CLAIMED);
  });

  test('that claims what was locked anyway changes nothing', () => {
    lock.describe(undefined, SIGNALLING, true, now);
    lock.describe(CLAIMED, SIGNALLING, true, now);
    expect(lock.observed).toEqual(CLAIMED);
    expect(lock.locks).toBe(1);
  });

  test('opens the lock for 5 s to a source that is believed as well: another port of the same NAT', () => {
    lock = new SourceLock(SIGNALLING);
    lock.describe(undefined, SIGNALLING, true, now);
    packet(SIGNALLING, 61_000);
    now += 10_000;
    expect(packet(SIGNALLING, 62_000)).toBe(true); // 10 s of silence
    packet(SIGNALLING, 62_000);
    expect(packet(SIGNALLING, 63_000)).toBe(false);
    lock.describe(undefined, SIGNALLING, true, now);
    expect(packet(STRANGER, 63_000)).toBe(false);
    expect(packet(SIGNALLING, 63_000)).toBe(true);
    now += SETTLE_MS;
    packet(SIGNALLING, 63_000);
    expect(packet(SIGNALLING, 64_000)).toBe(false);
  });

  test("from another address (the phone roamed) believes that address, and the former one's no more", () => {
    lock.describe(CLAIMED, '198.51.100.9', true, now);
    expect(packet('198.51.100.9', 5000)).toBe(false); // what it claims still speaks
    lock.describe(undefined, '198.51.100.9', true, now);
    expect(packet('198.51.100.9', 5000)).toBe(true);
    expect(packet(CLAIMED.address, CLAIMED.port)).toBe(false);
  });

  test('never lets a third party in', () => {
    lock.describe(ELSEWHERE, SIGNALLING, true, now);
    expect(stream(GRACE_MS - 20, STRANGER, 9)).toBe(0);
    packet(ELSEWHERE.address, ELSEWHERE.port);
    expect(packet(STRANGER, 9)).toBe(false);
  });
});

test('whom it may accept is known before a packet is judged, and asking changes nothing', () => {
  const from = fc.record({
    address: fc.constantFrom(CLAIMED.address, SIGNALLING, STRANGER, '192.0.2.67'),
    port: fc.constantFrom(CLAIMED.port, 9, 10),
    ssrc: fc.constantFrom(7, 8),
    sequence: fc.nat(3),
    later: fc.constantFrom(0, 20, 500, GRACE_MS, SILENT_MS, SETTLE_MS),
    genuine: fc.boolean(),
    offer: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(from, { maxLength: 30 }), (steps) => {
      const [asked, other] = [new SourceLock(SIGNALLING), new SourceLock(SIGNALLING)];
      let at = 0;
      for (const { address, port, ssrc, sequence, later, genuine, offer } of steps) {
        at += later;
        if (offer) for (const each of [asked, other]) each.describe(CLAIMED, SIGNALLING, true, at);
        const may = asked.mayAccept(address, port, ssrc, sequence, at);
        if (!genuine) continue;
        const accepted = other.accepts(address, port, ssrc, sequence, at);
        expect(asked.accepts(address, port, ssrc, sequence, at)).toBe(accepted);
        if (accepted) expect(may).toBe(true);
      }
    }),
  );
});
