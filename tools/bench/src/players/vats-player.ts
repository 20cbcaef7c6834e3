import { type Endpoint, SystemClock } from '@vats/kernel';
import { builtInPrompt, startMediaPlane } from '@vats/media';
import { CODECS, type PlayersOrder, type Playing } from './protocol.ts';

// A process of its own: our media plane with one worker and no signalling, playing to many at once.

process.on('message', (order: PlayersOrder) => void play(order));
process.on('disconnect', () => process.exit(0));

async function play({ players, ears, codec, music }: PlayersOrder): Promise<void> {
  const plane = await startMediaPlane({
    addresses: { 4: '127.43.0.1' },
    ports: { first: 20_000, last: 29_999 },
    workers: 1,
    warmPairs: players,
    clock: new SystemClock(),
  });
  const format = CODECS[codec];
  const legs: Endpoint[] = [];
  for (let i = 0; i < players; i++) {
    const call = plane.openCall(String(i), (event) => {
      if (event.kind === 'lost' || event.kind === 'played') throw new Error(JSON.stringify(event));
    });
    const leg = call?.openLeg('a', { family: 4, signalling: ears.address });
    if (call === undefined || leg === undefined) throw new Error(`no ports for player ${i}`);
    const claimed = { address: ears.address, port: ears.ports[i % ears.ports.length]! };
    leg.update(
      { claimed, claimedRtcp: undefined, receives: true, held: false, laws: [[8, 'PCMA']], clockRates: CLOCK_RATES },
      { newOffer: true },
    );
    const from = music ? { shared: true } : { fromMs: (i * 37) % 5_000 };
    legs.push(leg.local);
    call.play(leg, { items: [{ file: builtInPrompt('ru', 'main-menu') }], format, times: 0, ...from });
  }
  process.send!({ legs } satisfies Playing);
}

const CLOCK_RATES = [[CODECS.opus.payloadType, 48_000]] as const;
