import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { COMPANY, pbxUser } from './company.ts';

const OFFICE = { pbx: COMPANY, users: pbxUser() };

describe('limits on calls outside', () => {
  scenario(
    'who has used up theirs hears 403, and nothing leaves',
    {
      ends: ['callee-busy', 'limit-reached'],
      ...OFFICE,
      limitsOf: ({ kind }) => (kind === 'user' ? { callsPerHour: 1 } : undefined),
    },
    ({ alice, itsp, reserve }) => {
      alice.invites('+79031234567');
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
    ({ alice, itsp }) => {
      const [first] = [1, 2].map(() => alice.phone.dial('+79031234567'));
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
    ({ alice, itsp, reserve, world }) => {
      alice.invites('+79031234567');
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
    ({ alice, itsp, world }) => {
      alice.invites('+79031234567');
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
    },
  );
});
