import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { connect, end, refuse, talk } from './acts.ts';
import { COMPANY, pbxUser } from './company.ts';

const OUTSIDE = '+79031234567';
const COMPANY_OF = { pbx: COMPANY, users: pbxUser() };
const challenge = (realm: string, nonce: string): readonly [string, string] => [
  'WWW-Authenticate',
  `Digest realm="${realm}", nonce="${nonce}", algorithm=MD5, qop="auth"`,
];

/** What the story says of legs that ended before anybody answered. */
const failures = (world: World) =>
  world.events.flatMap((event) =>
    event.type === 'leg.ended' && event.failure !== undefined
      ? [[event.failure, event.status, ...(event.cause === undefined ? [] : [event.cause])]]
      : [],
  );

describe('a trunk that says no', () => {
  for (const [status, reason, outcome] of [
    [403, undefined, ['trunk-refused', 403]],
    [402, undefined, ['trunk-refused', 402]],
    [403, 'Q.850;cause=21;text="No money"', ['trunk-refused', 403, 21]],
    [302, undefined, ['trunk-refused', 302]],
    [488, undefined, ['no-common-codec', 488]],
    [501, undefined, ['trunk-failed', 501]],
    [420, undefined, ['trunk-failed', 420]],
    [480, 'Q.850;cause=34', ['unreachable', 480, 34]],
  ] as const) {
    scenario(
      `${status} ${reason ?? ''} is the trunk’s own: the reserve is tried`,
      { ends: 'callee-busy', ...COMPANY_OF },
      ({ alice, itsp, reserve, world }) => {
        alice.invites(OUTSIDE);
        const headers = [
          ...(reason === undefined ? [] : [['Reason', reason] as const]),
          ...(status === 302 ? [['Contact', '<sip:premium@203.0.113.9>'] as const] : []),
        ];
        refuse(itsp, status, { headers });
        refuse(reserve, 486);
        alice.hears('486 INVITE');
        expect(failures(world)[0]).toEqual(outcome);
        expect(world.trunks.said).not.toContain('failed itsp');
        expect(world.network.sent(({ to }) => to.address === '203.0.113.9')).toEqual([]);
      },
    );
  }

  for (const [status, reason, heard, failure] of [
    [484, undefined, 484, 'address-incomplete'],
    [600, undefined, 486, 'callee-busy'],
    [604, undefined, 404, 'not-found'],
    [410, undefined, 404, 'not-found'],
    [480, 'Q.850;cause=17', 486, 'callee-busy'],
    [403, 'Q.850;cause=1', 404, 'not-found'],
  ] as const) {
    scenario(
      `${status} ${reason ?? ''} is about the number: the caller hears ${heard}`,
      { ends: failure, ...COMPANY_OF },
      ({ alice, itsp, reserve }) => {
        alice.invites(OUTSIDE);
        refuse(itsp, status, { headers: reason === undefined ? [] : [['Reason', reason]] });
        alice.hears(`${heard} INVITE`);
        reserve.hearsNothing();
      },
    );
  }

  scenario(
    'the caller hears 403 and the cause when no other trunk is left',
    { ends: 'trunk-refused', ...COMPANY_OF, pbx: COMPANY.replace(', reserve: [reserve]', '') },
    ({ alice, itsp }) => {
      alice.invites(OUTSIDE);
      refuse(itsp, 403);
      expect(alice.hears('403 INVITE').value('Reason')).toMatch(/cause=21;text="The operator refused the call"/);
    },
  );

  for (const [title, realms] of [
    ['401 for ever', ['itsp', 'itsp', 'itsp', 'itsp', 'itsp']],
    ['401 of changing realms', ['itsp', 'other', 'itsp', 'third', 'itsp']],
  ] as const) {
    scenario(
      `that answers ${title} is answered so often and no more, and the reserve is tried`,
      { ends: 'callee-busy', ...COMPANY_OF },
      ({ alice, itsp, reserve, world }) => {
        alice.invites(OUTSIDE);
        let challenges = 0;
        for (const realm of realms) {
          const { requests } = itsp.phone.inbox;
          if (requests.length === 0) break;
          refuse(itsp, 401, { headers: [challenge(realm, `n${++challenges}`)] });
        }
        expect(challenges).toBeLessThanOrEqual(3);
        refuse(reserve, 486);
        alice.hears('486 INVITE');
        for (const { octets } of world.network.sent('INVITE')) {
          expect(octets.toString()).not.toMatch(/realm="(other|third)"/);
        }
      },
    );
  }
});

describe('a trunk that is silent', () => {
  scenario(
    'is given up after 4 s, and the reserve is tried',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, itsp, reserve, world }) => {
      world.network.vanish(itsp.phone.settings.local.address);
      alice.invites(OUTSIDE);
      world.passes(3_999);
      reserve.hearsNothing();
      world.passes(1);
      connect(alice, reserve);
      end(alice, reserve);
      expect(world.trunks.said).toContain('failed itsp');
      expect(failures(world)[0]).toEqual(['trunk-failed', 408]);
    },
  );

  scenario(
    'is waited for as long as its settings say',
    { ends: 'callee-busy', ...COMPANY_OF, pbx: COMPANY.replace('channels: 30', 'noResponse: 10s') },
    ({ alice, itsp, reserve, world }) => {
      world.network.vanish(itsp.phone.settings.local.address);
      alice.invites(OUTSIDE);
      world.passes(9_999);
      reserve.hearsNothing();
      world.passes(1);
      refuse(reserve, 486);
      alice.hears('486 INVITE');
    },
  );

  scenario(
    'and says 100 in time is waited for',
    { ends: 'callee-busy', ...COMPANY_OF },
    ({ alice, itsp, reserve, world }) => {
      alice.invites(OUTSIDE);
      itsp.rings({ status: 100 });
      world.passes(60_000);
      reserve.hearsNothing();
      refuse(itsp, 486);
      alice.hears('486 INVITE');
    },
  );

  scenario(
    'and answers when it was given up is acknowledged and hung up',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, itsp, reserve, world }) => {
      alice.invites(OUTSIDE);
      world.passes(4_000);
      connect(alice, reserve);
      itsp.answers();
      itsp.expects('ACK', 'BYE');
      end(alice, reserve);
    },
  );

  scenario(
    'and rings when it was given up is told that nobody waits',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, itsp, reserve, world }) => {
      alice.invites(OUTSIDE);
      world.passes(4_000);
      connect(alice, reserve);
      itsp.rings();
      itsp.expects('CANCEL', 'ACK');
      end(alice, reserve);
    },
  );

  scenario(
    'and is all there is: the caller hears 503 in seconds',
    { ends: 'trunk-failed', ...COMPANY_OF },
    ({ alice, itsp, reserve, world }) => {
      for (const { phone } of [itsp, reserve]) world.network.vanish(phone.settings.local.address);
      alice.invites(OUTSIDE);
      world.passes(8_000);
      alice.hears('503 INVITE');
    },
  );
});

describe('a trunk that answers oddly', () => {
  scenario(
    '183 without SDP is progress without sound',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, itsp }) => {
      alice.invites(OUTSIDE);
      itsp.rings({ status: 183 });
      expect(alice.hears('183 INVITE').body.length).toBe(0);
      connect(alice, itsp);
      end(alice, itsp);
    },
  );

  scenario(
    'two phones behind it ring under To tags of their own, and both answer: the second is hung up',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, itsp }) => {
      alice.invites(OUTSIDE);
      itsp.rings({ fork: 'one' });
      itsp.rings({ fork: 'two' });
      alice.hears('180 INVITE');
      itsp.answers({ fork: 'two' });
      const ack = itsp.expects('ACK');
      expect(ack.toTag).toBe('two');
      alice.hears('200 INVITE');
      itsp.answers({ fork: 'one' });
      expect(itsp.expects('ACK').toTag).toBe('one');
      expect(itsp.expects('BYE').toTag).toBe('one');
      alice.hangsUp();
      alice.hears('200 BYE');
      expect(itsp.expects('BYE').toTag).toBe('two');
    },
  );

  scenario(
    '200 that is repeated gets its ACK again, and the caller hears one',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, itsp }) => {
      talk(alice, itsp);
      itsp.repeats();
      itsp.repeats();
      expect(itsp.heardAgain('ACK')).toBe(2);
      expect(alice.heardAgain('200 INVITE')).toBe(0);
      end(alice, itsp);
    },
  );

  scenario(
    'BYE that crosses ours is answered, and the call ends once',
    { ends: 'caller-hung-up', ...COMPANY_OF, latency: 20 },
    ({ alice, itsp, world }) => {
      talk(alice, itsp);
      alice.hangsUp();
      world.passes(25);
      itsp.hangsUp();
      itsp.expects('BYE');
      alice.hears('200 BYE');
      itsp.hears('200 BYE');
    },
  );
});

describe('a trunk that vanishes in a call', () => {
  scenario(
    'when neither side is heard any more the call is ended',
    { ends: 'media-silent', ...COMPANY_OF },
    ({ alice, itsp, world }) => {
      talk(alice, itsp);
      world.network.vanish(itsp.phone.settings.local.address);
      world.media.calls[0]?.emit({ kind: 'silence', milliseconds: 60_000 });
      alice.expects('BYE');
    },
  );

  scenario(
    'the caller’s BYE ends it, though no answer comes to ours',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, itsp, world }) => {
      talk(alice, itsp);
      world.network.vanish(itsp.phone.settings.local.address);
      alice.hangsUp();
      alice.hears('200 BYE');
      world.passes(40_000);
    },
  );
});
