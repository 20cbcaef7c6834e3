import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { COMPANY, changed, pbxUser } from './company.ts';

const WITH_PBX = { pbx: COMPANY, users: pbxUser() };

describe('calls that come back to us', () => {
  scenario(
    'out by one trunk and in by another: 482 as soon as the circle closes',
    { ends: ['loop', 'loop'], ...WITH_PBX },
    async ({ itsp, reserve, alice, world }) => {
      // Anna's calls go on to a mobile phone that sends them back to Anna's number.
      await world.applies(changed('201', 'alice', 'forward: { always: "+79161234567" }'), 'forward.yaml');
      // The number that we show comes back as the caller's.
      reserve.manners.showsAs = '+74951234567';
      itsp.invites('84951234567');
      itsp.expects('INVITE');
      reserve.invites('84951234567');
      reserve.hears('482 INVITE');
      const since = world.stage.clock.monotonic();
      itsp.refuses(482);
      itsp.expects('ACK');
      itsp.hears('482 INVITE');
      expect(world.stage.clock.monotonic() - since).toBeLessThan(1_000);
      alice.hearsNothing();
    },
  );

  scenario(
    'two callers who are sent on to one mobile phone are no loop, nor is a call in while ours rings',
    { ends: ['callee-busy', 'callee-busy', 'callee-busy'], ...WITH_PBX },
    async ({ itsp, reserve, alice, bob, world }) => {
      await world.applies(changed('202', 'bobby', 'forward: { always: "+79161234567" }'), 'forward.yaml');
      alice.invites(bob);
      const [first] = itsp.phone.calls;
      itsp.expects('INVITE');
      alice.phone.dial('202');
      itsp.expects('INVITE');
      reserve.manners.showsAs = '+74951234567';
      reserve.invites('84951234567');
      alice.refuses(486);
      alice.expects('ACK');
      reserve.hears('486 INVITE');
      first?.respond(486);
      itsp.phone.call.respond(486);
      itsp.expects('ACK', 'ACK');
      alice.hears('486 INVITE', '486 INVITE');
    },
  );

  scenario(
    'from PBX to PBX and back',
    { ends: ['loop', 'loop', 'loop'], ...WITH_PBX, cast: ['pbx', 'carol'] },
    async ({ itsp, pbx, carol, world }) => {
      // Carol's account is a second PBX: the first one dials its number, and that one the first's.
      const second = '{ extension: "203", name: carol, devices: [{ login: carol, password: Vf5kNm7Z, trunk: true }] }';
      const numbers = 'numbers: [{ number: "+74950000203", to: "203" }]';
      await world.applies(`domain: acme.example\nusers: [${second}]\n${numbers}\n`, 'second.yaml');
      // Each passes on the caller's number that it was shown; of the first one's that is its own extension.
      pbx.manners.showsAs = '+79161112233';
      carol.manners.showsAs = '210';
      itsp.invites('84950000210');
      pbx.expects('INVITE');
      const first = pbx.call;
      pbx.invites('84950000203');
      carol.expects('INVITE');
      const there = carol.call;
      carol.invites('84950000210');
      carol.hears('482 INVITE');
      there.respond(482);
      carol.expects('ACK');
      pbx.hears('482 INVITE');
      first.respond(482);
      pbx.expects('ACK');
      itsp.hears('482 INVITE');
    },
  );
});
