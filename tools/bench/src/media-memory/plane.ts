import { join } from 'node:path';
import { type Endpoint, SystemClock } from '@vats/kernel';
import { type MediaLeg, startMediaPlane } from '@vats/media';

/** More calls, please: between these phones, recorded into a folder if one is named. Answered by where the phones send to. */
export interface MoreCalls {
  readonly phones: readonly (readonly [Endpoint, Endpoint])[];
  readonly recordInto?: string;
}

// A process of its own: our media plane with one worker and no signalling, whose memory is looked at.

const plane = await startMediaPlane({
  addresses: { 4: '127.43.0.1' },
  ports: { first: 20_000, last: 29_999 },
  workers: 1,
  clock: new SystemClock(),
});
let calls = 0;

process.on('message', ({ phones, recordInto }: MoreCalls) => {
  const legs = phones.map(([a, b]) => {
    const id = String(calls++);
    const call = plane.openCall(id, (event) => {
      if (event.kind === 'recording-failed' || event.kind === 'lost') throw new Error(JSON.stringify(event));
    });
    const legA = call?.openLeg('a', { family: 4, signalling: a.address });
    const legB = call?.openLeg('b', { family: 4, signalling: b.address });
    if (call === undefined || legA === undefined || legB === undefined) throw new Error('no ports');
    describe(legA, a);
    describe(legB, b);
    call.bridge(legA, legB);
    call.supervise();
    if (recordInto !== undefined) {
      call.record({
        path: join(recordInto, `${id}.wav`),
        left: { leg: legA, party: { number: '201' } },
        right: { leg: legB, party: { number: '202' } },
      });
    }
    return [legA.local, legB.local];
  });
  process.send!(legs);
});
process.on('disconnect', () => process.exit(0));
process.send!('ready');

function describe(leg: MediaLeg, claimed: Endpoint): void {
  leg.update(
    { claimed, claimedRtcp: undefined, receives: true, held: false, laws: [[8, 'PCMA']], clockRates: [] },
    { newOffer: true },
  );
}
