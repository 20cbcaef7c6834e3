import { MemorySpendingStore } from '@vats/pbx/testing';
import { describe, expect } from 'vitest';
import { type Scene, scenario } from '../scenario.ts';
import { COMPANY, pbxUser } from './company.ts';

const OFFICE = { pbx: COMPANY, users: pbxUser() };
const NUMBER = '+79031234567';
/** A connection costs 5, a begun minute 2. */
const RATE = { prefix: '79', perMinute: 20_000, connection: 50_000, first: 60, next: 60, name: 'Mobile' };

/** What the domain used of talk and money, as the store has it. */
async function usedOf(store: MemorySpendingStore): Promise<{ talkMs: number; money: number }> {
  const { spent } = await store.load(0);
  const rows = spent.filter(({ subject }) => subject.startsWith('domain'));
  const sum = (key: 'talkMs' | 'money') => rows.reduce((total, row) => total + row[key], 0);
  return { talkMs: sum('talkMs'), money: sum('money') };
}

function counted() {
  const spendingStore = new MemorySpendingStore();
  return {
    ...OFFICE,
    spendingStore,
    limitsOf: ({ kind }: { readonly kind: string }) => (kind === 'domain' ? { minutesPerHour: 10 } : undefined),
    rateOf: () => RATE,
  };
}

async function charged(scene: Scene, { spendingStore }: ReturnType<typeof counted>): Promise<void> {
  await scene.world.written();
  expect(await usedOf(spendingStore)).toMatchObject({ money: 70_000 });
}

describe('an answer of an operator that nobody wants costs what an answer costs', () => {
  const crossing = counted();
  scenario('it crosses the CANCEL', { ends: 'caller-cancelled', ...crossing }, async (scene) => {
    const { alice, itsp, world } = scene;
    itsp.manners.yieldsToCancel = false;
    alice.invites(NUMBER);
    await world.written();
    itsp.rings();
    alice.hears('180 INVITE');
    alice.cancels();
    alice.hears('200 CANCEL', '487 INVITE');
    itsp.expects('CANCEL');
    itsp.call.respond(200);
    itsp.expects('ACK', 'BYE');
    await charged(scene, crossing);
    // The 200 of the CANCEL never came.
    world.passes(32_000);
  });

  const unusable = counted();
  scenario('it has no codec that was offered', { ends: 'no-common-codec', ...unusable }, async (scene) => {
    const { alice, itsp, world } = scene;
    alice.invites(NUMBER);
    await world.written();
    itsp.answers({ sdp: itsp.phone.sdp({ codecs: [] }) });
    itsp.expects('ACK', 'BYE');
    alice.hears('488 INVITE');
    await charged(scene, unusable);
  });

  const late = counted();
  scenario(
    'it comes after the silence that another way was tried for',
    { ends: 'callee-busy', ...late },
    async (scene) => {
      const { alice, itsp, reserve, world } = scene;
      alice.invites(NUMBER);
      await world.written();
      itsp.expects('INVITE');
      world.network.wire.length = 0;
      world.passes(4_000);
      await world.written();
      reserve.expects('INVITE');
      itsp.call.respond(200);
      itsp.expects('ACK', 'BYE');
      await charged(scene, late);
      reserve.call.respond(486);
      reserve.expects('ACK');
      alice.hears('486 INVITE');
    },
  );
});

describe('a call that was given up is over when its INVITE is', () => {
  const CHANNELS = {
    ...OFFICE,
    pbx: COMPANY.replace('channels: 30', 'channels: 2').replace(', reserve: [reserve]', ''),
  };
  const CALLS = {
    ...OFFICE,
    limitsOf: ({ kind }: { readonly kind: string }) => (kind === 'domain' ? { calls: 2 } : undefined),
  };
  for (const [what, options, refusal] of [
    ['the trunk’s channels', CHANNELS, 'no-channel'],
    ['the domain’s calls', CALLS, 'limit-reached'],
  ] as const) {
    for (const ends of ['with its final response', 'when it is given up'] as const) {
      scenario(
        `${what}: ${ends}`,
        { ends: ['caller-cancelled', 'caller-cancelled', refusal, 'callee-busy'], ...options },
        async ({ alice, itsp, world }) => {
          itsp.manners.yieldsToCancel = false;
          itsp.phone.inbox.unnoticed.add('CANCEL');
          for (let call = 0; call < 2; call++) {
            alice.invites(NUMBER);
            await world.written();
            itsp.rings();
            alice.hears('180 INVITE');
            alice.cancels();
            alice.hears('200 CANCEL', '487 INVITE');
          }
          const given = itsp.phone.calls.slice(-2);
          alice.invites(NUMBER);
          await world.written();
          alice.hears(refusal === 'no-channel' ? '486 INVITE' : '403 INVITE');
          itsp.hearsNothing();
          if (ends === 'when it is given up') world.passes(32_000);
          else {
            for (const call of given) call.respond(487);
            itsp.expects('ACK', 'ACK');
          }
          alice.invites(NUMBER);
          await world.written();
          itsp.refuses(486);
          itsp.expects('ACK');
          alice.hears('486 INVITE');
        },
      );
    }
  }
});
