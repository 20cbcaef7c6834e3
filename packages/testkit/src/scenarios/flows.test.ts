import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { PHONES } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { connect, end, talk } from './acts.ts';

const INSTANCE = '+sip.instance="<urn:uuid:00000000-0000-1000-8000-000a95a0e128>"';
const SUPPORTED = [['Supported', 'path, outbound']] as const;
const KEEP_ALIVE = Buffer.from('\r\n\r\n');
const ALONE = { cast: ['alice'] } as const;

/** Registers a flow of Bob's one phone. */
async function flow(phone: Actor, regId: number): Promise<void> {
  const { address, port } = phone.phone.settings.local;
  const contact = `<sip:bobby@${address}:${port};ob>;${INSTANCE};reg-id=${regId}`;
  const answer = await phone.registers({ contact, headers: SUPPORTED });
  expect(answer.require).toEqual(['outbound']);
  expect(answer.value('Flow-Timer')).toBe('30');
  // It answers by itself when it is asked whether it is there.
  phone.phone.inbox.unnoticed.add('OPTIONS');
}

/** One phone with two flows: the one that it registered last is tried first. */
async function twoFlows(first: Actor, second: Actor): Promise<void> {
  Object.assign(second.phone.settings, { login: 'bobby' });
  await flow(first, 1);
  await flow(second, 2);
}

describe('RFC 5626: a phone with two flows', () => {
  scenario(
    'RFC 5626 §7: rings over one of them',
    { ends: 'caller-hung-up', ...ALONE },
    async ({ alice, bob, bobMobile, world }) => {
      await flow(bob, 1);
      world.passes(10);
      Object.assign(bobMobile.phone.settings, { login: 'bobby' });
      await flow(bobMobile, 2);
      alice.invites('202');
      bobMobile.rings();
      alice.hears(180);
      bob.hearsNothing();
      connect(alice, bobMobile);
      end(alice, bobMobile);
    },
  );

  for (const status of [430, 408]) {
    scenario(
      `RFC 5626 §7: ${status} of one of them: it is tried over the other`,
      { ends: 'caller-hung-up', ...ALONE },
      async ({ alice, bob, bobMobile }) => {
        await twoFlows(bob, bobMobile);
        alice.invites('202');
        bob.refuses(status);
        bob.expects('ACK');
        connect(alice, bobMobile);
        end(alice, bobMobile);
      },
    );
  }

  scenario(
    'RFC 5626 §7: one of them is silent: after 4 s it is tried over the other',
    { ends: 'caller-hung-up', ...ALONE },
    async ({ alice, bob, bobMobile, world }) => {
      await twoFlows(bob, bobMobile);
      world.network.vanish(PHONES.bob.local.address);
      alice.invites('202');
      world.passes(3_900);
      bobMobile.hearsNothing();
      world.passes(200);
      connect(alice, bobMobile);
      end(alice, bobMobile);
      // Until the INVITE to it, and the question whether it is there, have been given up.
      world.passes(70_000);
    },
  );

  scenario(
    'RFC 5626 §7: a MESSAGE goes over the other where one of them fails or is silent, and is the same request',
    { ends: [], ...ALONE },
    async ({ alice, bob, bobMobile, world }) => {
      const text = { uri: 'sip:202@acme.example', headers: [['Content-Type', 'text/plain']] as const, body: 'x' };
      await twoFlows(bob, bobMobile);
      bob.manners.replies.MESSAGE = 430;
      alice.asks('MESSAGE', text);
      const [first, second] = [bob.expects('MESSAGE'), bobMobile.expects('MESSAGE')];
      expect([second.callId, second.fromTag, second.cseq]).toEqual([first.callId, first.fromTag, first.cseq]);
      alice.hears('200 MESSAGE');
      world.network.vanish(PHONES.bob.local.address);
      alice.asks('MESSAGE', text);
      world.passes(3_900);
      bobMobile.hearsNothing();
      world.passes(200);
      bobMobile.expects('MESSAGE');
      alice.hears('200 MESSAGE');
      world.passes(70_000);
      expect(world.running.messages.counters).toMatchObject({ delivered: 2, undelivered: 0 });
    },
  );

  scenario(
    'RFC 5626 §7: a MESSAGE that no flow takes is undelivered, once',
    { ends: [], ...ALONE },
    async ({ alice, bob, bobMobile, world }) => {
      await twoFlows(bob, bobMobile);
      for (const phone of [bob, bobMobile]) phone.manners.replies.MESSAGE = 408;
      alice.asks('MESSAGE', { uri: 'sip:202@acme.example', headers: [['Content-Type', 'text/plain']], body: 'x' });
      bob.expects('MESSAGE');
      bobMobile.expects('MESSAGE');
      alice.hears('480 MESSAGE');
      expect(world.running.messages.counters).toMatchObject({ delivered: 0, undelivered: 1 });
    },
  );

  scenario(
    'RFC 5626 §7: a supervisor is rung over the other where one of them is silent',
    { ends: 'caller-hung-up', cast: ['alice', 'carol'] },
    async ({ alice, bob, bobMobile, carol, world }) => {
      await twoFlows(bob, bobMobile);
      talk(alice, carol);
      world.network.vanish(PHONES.bob.local.address);
      expect(world.running.calls.supervise(world.media.calls[0]!.callId, 'listen', '202')).toBeUndefined();
      world.passes(4_100);
      bobMobile.answers();
      bobMobile.expects('ACK');
      end(alice, carol);
      bobMobile.expects('BYE');
      world.passes(70_000);
    },
  );

  scenario(
    'RFC 5626 §7: a refusal over one of them is its answer',
    { ends: 'callee-busy', ...ALONE },
    async ({ alice, bob, bobMobile }) => {
      await twoFlows(bob, bobMobile);
      alice.invites('202');
      bob.refuses(486);
      bob.expects('ACK');
      alice.hears('486 INVITE');
      bobMobile.hearsNothing();
    },
  );

  scenario(
    'RFC 5626 §7: both flows fail: the caller hears so',
    { ends: 'unreachable', ...ALONE },
    async ({ alice, bob, bobMobile }) => {
      await twoFlows(bob, bobMobile);
      alice.invites('202');
      for (const phone of [bob, bobMobile]) {
        phone.refuses(430);
        phone.expects('ACK');
      }
      alice.hears('480 INVITE');
    },
  );

  scenario(
    'RFC 5626 §5.4: a flow whose keep-alives stop is not tried any more',
    { ends: 'caller-hung-up', ...ALONE },
    async ({ alice, bob, bobMobile, world }) => {
      await twoFlows(bob, bobMobile);
      bobMobile.manners.replies.OPTIONS = 200;
      world.network.vanish(PHONES.bob.local.address);
      world.passes(40_000);
      expect(world.registrations.at(-1)).toMatchObject({ type: 'unreachable', reason: 'keep-alive-stopped' });
      alice.invites('202');
      connect(alice, bobMobile);
      end(alice, bobMobile);
    },
  );

  scenario(
    'RFC 5626 §4.4: keep-alives over the flow keep it',
    { ends: 'caller-hung-up', ...ALONE },
    async ({ alice, bob, world }) => {
      await flow(bob, 1);
      for (let times = 0; times < 4; times++) {
        world.passes(28_000);
        bob.phone.wire.send(KEEP_ALIVE, PHONES.bob.server);
        world.passes(0);
      }
      expect(world.network.sent('OPTIONS')).toEqual([]);
      alice.invites('202');
      connect(alice, bob);
      end(alice, bob);
    },
  );
});

describe('a phone with us as its outbound proxy', () => {
  scenario(
    'RFC 3261 §16.4: a Route to us is no part of what it dials',
    { ends: 'caller-hung-up' },
    ({ alice, bob }) => {
      alice.invites(bob, { headers: [['Route', '<sip:198.51.100.1;lr>']] });
      connect(alice, bob);
      end(alice, bob);
    },
  );

  scenario(
    'RFC 3261 §16.4: one that takes us for a strict router is understood',
    { ends: 'caller-hung-up' },
    ({ alice, bob }) => {
      alice.invites('sip:acme.example', { headers: [['Route', '<sip:202@acme.example>']] });
      connect(alice, bob);
      end(alice, bob);
    },
  );
});

describe('a Path', () => {
  scenario(
    'RFC 3327 §6.2: of hosts that the REGISTER did not pass is refused, also where there is one domain only',
    { ends: [], cast: [] },
    async ({ alice, world }) => {
      for (const path of ['<sip:203.0.113.99;lr>', '<sip:192.0.2.10;lr>, <sip:victim.example;lr>']) {
        await alice.registers({ status: 403, headers: [['Path', path]] });
      }
      expect(world.registrations).toEqual([]);
    },
  );

  scenario(
    'RFC 3327 §5.3: is the way of calls, as Route, and of what follows the Record-Route is',
    { ends: 'caller-hung-up', cast: ['alice'] },
    async ({ alice, bob }) => {
      await bob.registers({ headers: [['Path', '<sip:p@192.0.2.20;lr>']] });
      alice.invites(bob);
      expect(bob.expects('INVITE').list('Route')).toEqual(['<sip:p@192.0.2.20;lr>']);
      connect(alice, bob);
      end(alice, bob);
    },
  );

  scenario(
    'RFC 3261 §12.2.1.1: of a strict router has it in the Request-URI, and the phone last',
    { ends: 'caller-hung-up', cast: ['alice'] },
    async ({ alice, bob }) => {
      await bob.registers({ headers: [['Path', '<sip:192.0.2.20>']] });
      alice.invites(bob);
      const invite = bob.expects('INVITE');
      expect(invite.requestUriText).toBe('sip:192.0.2.20');
      expect(invite.list('Route')).toEqual([`<${bob.phone.contactUri}>`]);
      connect(alice, bob);
      end(alice, bob);
    },
  );
});
