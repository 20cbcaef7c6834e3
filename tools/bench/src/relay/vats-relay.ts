import { join } from 'node:path';
import { SystemClock } from '@vats/kernel';
import { type MediaLeg, startMediaPlane } from '@vats/media';
import type { PhonePair, RelayOrder } from './protocol.ts';

// A process of its own: our media plane with one worker and no signalling.

// An address of its own: nobody else's sockets are in the range.
const PORTS = { first: 20_000, last: 29_999 };
const ADDRESS = '127.43.0.1';

process.on('message', (order: RelayOrder) => void relay(order));

async function relay({ phones, recordInto }: RelayOrder): Promise<void> {
  const plane = await startMediaPlane({
    addresses: { 4: ADDRESS },
    ports: PORTS,
    workers: 1,
    warmPairs: 2 * phones.length,
    clock: new SystemClock(),
  });
  const calls = phones.map(({ a, b }, i): PhonePair => {
    const call = plane.openCall(String(i), (event) => {
      if (event.kind === 'recording-failed' || event.kind === 'lost') throw new Error(JSON.stringify(event));
    });
    const legA = call?.openLeg('a', { family: 4, signalling: a.address });
    const legB = call?.openLeg('b', { family: 4, signalling: b.address });
    if (call === undefined || legA === undefined || legB === undefined) throw new Error('no ports');
    describe(legA, a);
    describe(legB, b);
    call.bridge(legA, legB);
    call.supervise();
    if (recordInto !== undefined) call.record({ path: join(recordInto, `${i}.wav`), left: legA, right: legB });
    return { a: at(legA), b: at(legB) };
  });
  process.send!({ calls });
  process.on('SIGTERM', () => void plane.close().then(() => process.exit(0)));
}

function describe(leg: MediaLeg, claimed: { address: string; port: number }): void {
  const media = {
    claimed,
    claimedRtcp: undefined,
    receives: true,
    held: false,
    laws: [[8, 'PCMA']],
    clockRates: [],
  } as const;
  leg.update(media, { newOffer: true });
}

function at({ local }: MediaLeg): { address: string; port: number } {
  return { address: local.address, port: local.port };
}
