import type { HeaderField } from '@vats/sip';
import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { scenario } from '../scenario.ts';

const TEXT: HeaderField = ['Content-Type', 'text/plain;charset=utf-8'];

function writes(
  who: Actor,
  number: string,
  body: string,
  headers: readonly HeaderField[] = [],
  maxForwards?: number,
): void {
  who.asks('MESSAGE', {
    uri: `sip:${number}@acme.example`,
    headers: [TEXT, ...headers],
    body,
    ...(maxForwards !== undefined && { maxForwards }),
  });
}

describe('MESSAGE between employees', () => {
  scenario(
    'RFC 3428 §7: goes to all phones of whom it names, as it is, from the account that sent it (RFC 3428 §4)',
    { ends: [], cast: ['alice', 'bob', 'bobMobile'] },
    ({ alice, bob, bobMobile }) => {
      alice.asks('MESSAGE', {
        uri: 'sip:202@acme.example',
        headers: [
          ['Content-Type', 'application/im-iscomposing+xml'],
          ['X-Secret', '1'],
          ['P-Asserted-Identity', '<sip:boss@acme.example>'],
        ],
        body: '<a>привет</a>',
      });
      for (const phone of [bob, bobMobile]) {
        const message = phone.expects('MESSAGE');
        expect(message.body.toString()).toBe('<a>привет</a>');
        expect(message.has('Contact')).toBe(false);
        expect(message.value('Content-Type')).toBe('application/im-iscomposing+xml');
        expect(message.value('From')).toMatch(/^"?alice"? <sip:201@/);
        expect(message.requestUriText).toBe(phone.phone.contactUri);
        expect([message.value('X-Secret'), message.value('P-Asserted-Identity'), message.value('Contact')]).toEqual([
          undefined,
          undefined,
          undefined,
        ]);
        expect(message.value('Max-Forwards')).toBe('69');
      }
      alice.hears('200 MESSAGE');
      alice.hearsNothing();
    },
  );

  scenario(
    'the first phone that takes it answers for all; another one’s refusal is not heard',
    { ends: [], cast: ['alice', 'bob', 'bobMobile'] },
    ({ alice, bob, bobMobile }) => {
      bob.manners.replies.MESSAGE = 415;
      writes(alice, '202', 'x');
      bob.expects('MESSAGE');
      bobMobile.expects('MESSAGE');
      alice.hears('200 MESSAGE');
      alice.hearsNothing();
    },
  );

  scenario(
    'RFC 3261 §16.7: when none takes it the sender hears the refusal that tells most',
    { ends: [], cast: ['alice', 'bob', 'bobMobile'] },
    ({ alice, bob, bobMobile, world }) => {
      const outcomes: [number, number, string][] = [
        [480, 415, '415'],
        [488, 603, '603'],
        [401, 480, '403'],
        [503, 480, '500'],
        [302, 481, '480'],
      ];
      for (const [one, other, heard] of outcomes) {
        bob.manners.replies.MESSAGE = one;
        bobMobile.manners.replies.MESSAGE = other;
        writes(alice, '202', `${heard}`);
        bob.expects('MESSAGE');
        bobMobile.expects('MESSAGE');
        alice.hears(`${heard} MESSAGE`);
      }
      world.passes(0);
    },
  );

  scenario(
    'RFC 4320 §4.2: a phone that is silent is 480 before the sender gives up, never 408',
    { ends: [] },
    ({ alice, bob, world }) => {
      bob.manners.replies.MESSAGE = undefined;
      writes(alice, '202', 'x');
      bob.expects('MESSAGE');
      world.passes(23_000);
      alice.hearsNothing();
      world.passes(1_500);
      alice.hears('480 MESSAGE');
      world.passes(10_000);
      alice.hearsNothing();
    },
  );

  scenario(
    'one that nobody has answered yet keeps no switch from stopping',
    { ends: [] },
    async ({ alice, bob, world }) => {
      bob.manners.replies.MESSAGE = undefined;
      writes(alice, '202', 'x');
      bob.expects('MESSAGE');
      expect(world.ledger.counts()['messages under way']).toBe(1);
      await world.stop();
      expect(world.ledger.counts()['messages under way']).toBe(0);
      expect(world.stage.clock.pending).toBe(0);
      await world.start();
    },
  );

  scenario(
    'who has no phone is 480, who is nobody 404, a number outside 403',
    { ends: [], cast: ['alice'] },
    ({ alice }) => {
      writes(alice, '203', 'x');
      alice.hears('480 MESSAGE');
      writes(alice, '299', 'x');
      alice.hears('404 MESSAGE');
      writes(alice, '+79161234567', 'x');
      expect(alice.hears('403 MESSAGE').reason).toBe('Messages Go To Colleagues Only');
      writes(alice, '89161234567', 'x');
      alice.hears('403 MESSAGE');
      writes(alice, '202', 'x', [], 0);
      alice.hears('483 MESSAGE');
    },
  );

  scenario(
    'to a group goes to all of its members but its sender',
    {
      ends: [],
      cast: ['alice', 'bob', 'carol', 'eve'],
      pbx: 'groups: [{ extension: "600", name: Sales, members: ["201", "202", "203", "+79161234567"] }]',
    },
    ({ alice, bob, carol }) => {
      writes(alice, '600', 'x');
      for (const phone of [bob, carol]) expect(phone.expects('MESSAGE').value('To')).toContain('<sip:600@');
      alice.hears('200 MESSAGE');
      alice.hearsNothing();
    },
  );

  scenario(
    'RFC 3428 §8: more than 1300 octets go over a stream alone, from end to end (RFC 3261 §18.1.1)',
    { ends: [], cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol }) => {
      writes(alice, '203', 'x'.repeat(1_300));
      alice.hears('413 MESSAGE');
      writes(carol, '203', 'x'.repeat(3_000));
      expect(carol.expects('MESSAGE').body.length).toBe(3_000);
      carol.hears('200 MESSAGE');
      writes(carol, '202', 'x'.repeat(3_000));
      carol.hears('413 MESSAGE');
      bob.hearsNothing();
    },
  );

  scenario('an account may send so many', { ends: [] }, ({ alice, bob, world }) => {
    for (let i = 0; i < 30; i++) {
      writes(alice, '202', `${i}`);
      bob.expects('MESSAGE');
      alice.hears('200 MESSAGE');
    }
    writes(alice, '202', 'one too many');
    expect(alice.hears('480 MESSAGE').value('Retry-After')).toBe('5');
    writes(bob, '201', 'others may');
    alice.expects('MESSAGE');
    bob.hears('200 MESSAGE');
    world.passes(1_000);
    writes(alice, '202', 'again');
    bob.expects('MESSAGE');
    alice.hears('200 MESSAGE');
  });
});

describe('OPTIONS', () => {
  scenario(
    'RFC 3261 §11.2: says what is built, out of a dialog and in one (RFC 3261 §20.1, RFC 3311 §4, RFC 4488 §4)',
    { ends: [] },
    ({ alice }) => {
      alice.asks('OPTIONS');
      const ok = alice.hears('200 OPTIONS');
      expect(ok.value('Allow')).toBe(
        'INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, INFO, MESSAGE, NOTIFY, SUBSCRIBE, PUBLISH, PRACK, UPDATE, REFER',
      );
      expect(ok.value('Allow-Events')).toBe('dialog, message-summary, presence, reg');
      expect(ok.value('Accept')).toBe('application/sdp');
      expect(ok.supported).toContain('norefersub');
    },
  );

  scenario(
    'a stranger hears the same of everybody, and only who shows credentials that somebody is not there',
    { ends: [] },
    ({ alice }) => {
      for (const number of ['202', '299']) {
        alice.asks('OPTIONS', { uri: `sip:${number}@acme.example` });
        alice.hears('200 OPTIONS');
      }
      // Wrong credentials are answered by a challenge, which its phone answers well.
      const odd: HeaderField = [
        'Proxy-Authorization',
        'Digest username="x", realm="acme.example", nonce="y", uri="sip:a", response="z"',
      ];
      alice.manners.authenticates = false;
      alice.asks('OPTIONS', { uri: 'sip:299@acme.example', headers: [odd] });
      alice.hears('407 OPTIONS');
    },
  );

  scenario(
    'RFC 3261 §11.2: who shows good credentials hears 404 where a call would, and 200 elsewhere',
    { ends: [] },
    ({ alice }) => {
      // Of another realm, so that it is asked for ours, and answers.
      const odd: HeaderField = [
        'Proxy-Authorization',
        'Digest username="x", realm="other", nonce="y", uri="sip:a", response="z"',
      ];
      const answers: [string, number][] = [
        ['202', 200],
        ['299', 404],
        ['*43', 200],
        ['+79161234567', 200],
      ];
      for (const [number, status] of answers) {
        alice.asks('OPTIONS', { uri: `sip:${number}@acme.example`, headers: [odd] });
        alice.hears(`${status} OPTIONS`);
      }
    },
  );
});
