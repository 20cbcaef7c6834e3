import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { end, talk } from './acts.ts';

/** From now on the phone's account may be in so many calls at once. */
async function limited(world: World, phone: Actor, calls: number): Promise<void> {
  const { login, password, number } = phone.phone.settings;
  const devices = `[{ login: ${login}, password: ${password}, calls: ${calls} }]`;
  const text = `domain: acme.example\nusers: [{ extension: "${number}", name: ${login}, devices: ${devices} }]\n`;
  const applied = await world.switch?.model.applyFile({ path: '/limits.yaml', name: 'limits.yaml', text });
  if (applied?.ok !== true) throw new Error(JSON.stringify(applied));
}

const TRIO = ['alice', 'bob', 'carol'] as const;

describe('calls at once of an account', () => {
  scenario(
    'the caller’s one call too many is refused with a reason, and the next after its end is not',
    { ends: ['caller-hung-up', 'account-limit', 'caller-hung-up'], cast: TRIO },
    async ({ alice, bob, carol, world }) => {
      await limited(world, alice, 1);
      talk(alice, bob);
      const first = alice.call;
      alice.invites(carol);
      expect(alice.hears('486 INVITE').value('Reason')).toMatch(/^Q\.850;cause=17;text="The calling account/);
      carol.hearsNothing();
      first.bye();
      alice.hears('200 BYE');
      bob.expects('BYE');
      talk(alice, carol);
      end(alice, carol);
    },
  );

  scenario(
    'of calls that come at one moment no more pass than may',
    { ends: ['caller-hung-up', 'account-limit'], cast: TRIO },
    async ({ alice, bob, carol, world }) => {
      await limited(world, alice, 1);
      const [first] = [bob, carol].map(({ number }) => alice.phone.dial(number));
      bob.answers();
      carol.hearsNothing();
      alice.hears('486 INVITE', '200 INVITE');
      bob.expects('ACK');
      first?.bye();
      alice.hears('200 BYE');
      bob.expects('BYE');
    },
  );

  scenario(
    'who talks in as many calls as they may is busy, and not rung',
    { ends: ['caller-hung-up', 'callee-busy'], cast: TRIO },
    async ({ alice, bob, carol, world }) => {
      await limited(world, carol, 1);
      talk(alice, carol);
      bob.invites(carol);
      expect(bob.hears('486 INVITE').value('Reason')).toMatch(/text="Busy"/);
      carol.hearsNothing();
      end(alice, carol);
    },
  );

  scenario(
    'a phone that rings counts, and no longer when it was given up, or has refused',
    { ends: ['caller-cancelled', 'callee-busy', 'callee-busy', 'caller-hung-up'], cast: TRIO },
    async ({ alice, bob, carol, world }) => {
      await limited(world, carol, 1);
      alice.invites(carol);
      carol.rings();
      alice.hears('180 INVITE');
      bob.invites(carol);
      bob.hears('486 INVITE');
      alice.cancels();
      alice.hears('200 CANCEL', '487 INVITE');
      carol.expects('CANCEL', 'ACK');
      bob.invites(carol);
      carol.refuses(486);
      carol.expects('ACK');
      bob.hears('486 INVITE');
      talk(bob, carol);
      end(bob, carol);
    },
  );

  scenario(
    'a call out makes an account busy for calls in',
    { ends: ['caller-hung-up', 'callee-busy'], cast: TRIO },
    async ({ alice, bob, carol, world }) => {
      await limited(world, carol, 1);
      talk(carol, bob);
      alice.invites(carol);
      alice.hears('486 INVITE');
      end(carol, bob);
    },
  );

  scenario(
    'the other device of a user who is busy on one rings',
    { ends: ['caller-hung-up', 'caller-hung-up'], cast: ['alice', 'bob', 'bobMobile', 'carol'] },
    async ({ alice, bob, bobMobile, carol, world }) => {
      const text = [bob, bobMobile].map(
        ({ phone: { settings } }) => `{ login: ${settings.login}, password: ${settings.password}, calls: 1 }`,
      );
      const users = `users: [{ extension: "202", name: bob, devices: [${text}] }]`;
      const file = { path: '/limits.yaml', name: 'limits.yaml', text: `domain: acme.example\n${users}\n` };
      expect(await world.switch?.model.applyFile(file)).toMatchObject({ ok: true });
      alice.invites(bob);
      bobMobile.rings();
      bob.answers();
      alice.hears('180 INVITE', '200 INVITE');
      bob.expects('ACK');
      bobMobile.expects('CANCEL', 'ACK');
      carol.invites(bob);
      bobMobile.answers();
      carol.hears('200 INVITE');
      bobMobile.expects('ACK');
      bob.hearsNothing();
      end(carol, bobMobile);
      end(alice, bob);
    },
  );
});
