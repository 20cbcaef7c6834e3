import { MemorySpendingStore } from '@vats/pbx/testing';
import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { COMPANY, pbxUser } from './company.ts';

function callsOfDomain({ kind }: { readonly kind: string }) {
  return kind === 'domain' ? { calls: 1 } : undefined;
}

/** A store whose writes can be held back, and then made or failed. */
class HeldSpendingStore extends MemorySpendingStore {
  #held: PromiseWithResolvers<void> | undefined;

  hold(): void {
    this.#held = Promise.withResolvers();
    this.#held.promise.catch(() => {});
  }

  write(): void {
    this.#held?.resolve();
    this.#held = undefined;
  }

  fail(): void {
    this.#held?.reject(new Error('disk full'));
    this.#held = undefined;
  }

  override async save(...changes: Parameters<MemorySpendingStore['save']>): Promise<void> {
    await this.#held?.promise;
    await super.save(...changes);
  }
}

const OFFICE = { pbx: COMPANY, users: pbxUser() };

describe('limits on calls outside', () => {
  scenario(
    'who has used up theirs hears 403, and nothing leaves',
    {
      ends: ['callee-busy', 'limit-reached'],
      ...OFFICE,
      limitsOf: ({ kind }) => (kind === 'user' ? { callsPerHour: 1 } : undefined),
    },
    async ({ alice, itsp, reserve, world }) => {
      alice.invites('+79031234567');
      await world.written();
      itsp.refuses(486);
      itsp.expects('ACK');
      alice.hears('486 INVITE');
      alice.invites('+79031234567');
      expect(alice.hears('403 INVITE').value('Reason')).toMatch(/cause=21;text="A limit on calls outside/);
      itsp.hearsNothing();
      reserve.hearsNothing();
    },
  );

  scenario(
    'calls that ask at one moment cannot pass it together',
    {
      ends: ['caller-cancelled', 'limit-reached'],
      ...OFFICE,
      limitsOf: ({ kind }) => (kind === 'domain' ? { calls: 1 } : undefined),
    },
    async ({ alice, itsp, world }) => {
      const [first] = [1, 2].map(() => alice.phone.dial('+79031234567'));
      await world.written();
      itsp.rings();
      alice.hears('403 INVITE', '180 INVITE');
      first?.cancel();
      alice.hears('200 CANCEL', '487 INVITE');
      itsp.expects('CANCEL', 'ACK');
    },
  );

  scenario(
    'a trunk that has used up its own is passed over',
    {
      ends: 'callee-busy',
      ...OFFICE,
      limitsOf: (subject) => (subject.kind === 'trunk' && subject.trunk === 'itsp' ? { calls: 0 } : undefined),
    },
    async ({ alice, itsp, reserve, world }) => {
      alice.invites('+79031234567');
      await world.written();
      reserve.expects('INVITE');
      // It holds no channel of the trunk that it did not take.
      const { calls, model } = world.running;
      const id = model.directory.model.domains[0]?.id ?? '';
      expect(['itsp', 'reserve'].map((trunk) => calls.channelsInUse(id, 'trunk', trunk))).toEqual([0, 1]);
      reserve.refuses(486);
      reserve.expects('ACK');
      alice.hears('486 INVITE');
      itsp.hearsNothing();
    },
  );

  scenario(
    'talk is granted in portions, and ends when there is no more',
    {
      ends: 'limit-reached',
      ...OFFICE,
      limitsOf: ({ kind }) => (kind === 'domain' ? { minutesPerHour: 3 } : undefined),
    },
    async ({ alice, itsp, world }) => {
      alice.invites('+79031234567');
      await world.written();
      itsp.rings();
      alice.hears('180 INVITE');
      world.passes(20_000);
      itsp.answers();
      itsp.expects('ACK');
      alice.hears('200 INVITE');
      world.passes(179_999);
      alice.hearsNothing();
      itsp.hearsNothing();
      world.passes(1);
      alice.expects('BYE');
      itsp.expects('BYE');
      // The end names the limit, and so does the story.
      const limit = { kind: 'domain', calls: 'all', limit: 'minutesPerHour', used: 3, of: 3 };
      expect(world.events.filter(({ type }) => type === 'limit.reached')).toEqual([
        expect.objectContaining({ ...limit, leg: 'b1', trunk: 'itsp', number: '+79031234567', cutOff: true }),
      ]);
      await world.written();
      expect(world.endings()).toMatchObject([{ failure: 'limit-reached', limit }]);
    },
  );

  const held = new HeldSpendingStore();
  const waiting = { ...OFFICE, spendingStore: held, limitsOf: callsOfDomain };

  scenario(
    'the INVITE leaves when what it may use is on disk, and not before',
    { ends: 'callee-busy', ...waiting },
    async ({ alice, itsp, world }) => {
      held.hold();
      alice.invites('+79031234567');
      await world.written();
      itsp.hearsNothing();
      held.write();
      await world.written();
      itsp.refuses(486);
      itsp.expects('ACK');
      alice.hears('486 INVITE');
    },
  );

  scenario(
    'a caller who gives up meanwhile calls nobody, whatever comes of the write',
    { ends: ['caller-cancelled', 'caller-cancelled'], ...waiting },
    async ({ alice, itsp, world }) => {
      for (const settle of [() => held.write(), () => held.fail()]) {
        held.hold();
        alice.invites('+79031234567');
        alice.cancels();
        alice.hears('200 CANCEL', '487 INVITE');
        settle();
        await world.written();
        itsp.hearsNothing();
      }
    },
  );

  scenario(
    'where it can not be written the call is refused, is none that counts, and the log says so',
    { ends: ['limit-not-saved', 'callee-busy'], ...waiting, errors: ['call.reservation-not-saved', 'call.ended'] },
    async ({ alice, itsp, reserve, world }) => {
      held.hold();
      alice.invites('+79031234567');
      held.fail();
      await world.written();
      expect(alice.hears('503 INVITE').value('Reason')).toMatch(/cause=41;text="Temporary failure"/);
      itsp.hearsNothing();
      reserve.hearsNothing();
      expect(world.log.events).toContain('call.reservation-not-saved');
      expect(world.events).toContainEqual(expect.objectContaining({ type: 'leg.ended', failure: 'limit-not-saved' }));
      alice.invites('+79031234567');
      await world.written();
      itsp.refuses(486);
      itsp.expects('ACK');
      alice.hears('486 INVITE');
    },
  );

  scenario(
    'calls within the company, and calls that nothing bounds, wait for nothing',
    { ends: ['callee-busy', 'callee-busy'], ...waiting, limitsOf: () => undefined },
    async ({ alice, bob, itsp }) => {
      held.hold();
      alice.invites(bob);
      bob.refuses(486);
      bob.expects('ACK');
      alice.hears('486 INVITE');
      alice.invites('+79031234567');
      itsp.refuses(486);
      itsp.expects('ACK');
      alice.hears('486 INVITE');
      held.write();
    },
  );
});
