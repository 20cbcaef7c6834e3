import { describe, expect } from 'vitest';
import { PHONES } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { end } from './acts.ts';

const ALICE = PHONES.alice.local.address;
const BOB = PHONES.bob.local.address;

interface Message {
  readonly description: string;
  readonly from: { readonly address: string };
  readonly to: { readonly address: string };
  readonly octets: Buffer;
}

/** What an answered call says between its 200s and its ACKs, leg by leg. The caller's first ACK is that to the challenge. */
const ON_THE_WAY = [
  ['the phone’s 200', ({ description, from }: Message) => description === '200 INVITE' && from.address === BOB],
  ['our ACK', ({ description, to }: Message) => description === 'ACK' && to.address === BOB],
  ['our 200', ({ description, to }: Message) => description === '200 INVITE' && to.address === ALICE],
  ['the caller’s ACK', ({ from, octets }: Message) => from.address === ALICE && octets.includes('CSeq: 2 ACK')],
] as const;

/** How often the phone says its 200 beside the first time. */
const REPETITIONS = 3;

describe('of an answer and its ACK, on either leg, one time each', () => {
  for (let lost = 1; lost < 1 << ON_THE_WAY.length; lost++) {
    const isLost = ON_THE_WAY.map((_, at) => (lost >> at) % 2);
    const names = ON_THE_WAY.filter((_, at) => isLost[at] === 1).map(([name]) => name);
    scenario(
      `RFC 3261 §13.3.1.4, §13.2.2.4: lost: ${names.join(', ')}`,
      { ends: 'caller-hung-up' },
      ({ alice, bob, world }) => {
        ON_THE_WAY.forEach(([, which], at) => {
          if (isLost[at] === 1) world.network.dropNext(which);
        });
        alice.invites(bob);
        bob.answers();
        for (let time = 0; time < REPETITIONS; time++) {
          world.passes(500);
          bob.repeats();
        }
        world.passes(1_000);
        const [theirs = 0, ourAck = 0, , callersAck = 0] = isLost;
        alice.hears('200 INVITE');
        bob.expects('ACK');
        expect(bob.heardAgain('ACK')).toBe(REPETITIONS - ourAck);
        expect(alice.heardAgain('200 INVITE')).toBe(callersAck);
        end(alice, bob);
        // Without the 200 our INVITE is repeated, and the phone answers it again.
        expect(world.network.sent('INVITE').filter(({ to }) => to.address === BOB)).toHaveLength(1 + theirs);
      },
    );
  }
});
