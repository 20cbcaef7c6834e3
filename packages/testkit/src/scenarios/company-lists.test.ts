import { RateTable } from '@vats/pbx';
import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { SWITCH } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { tampers } from '../security/tamper.ts';
import type { World } from '../world.ts';
import { end } from './acts.ts';
import { COMPANY, pbxUser } from './company.ts';

const COMPANY_OF = { pbx: COMPANY, users: pbxUser() };
const SALES_NUMBER = '84957654321';

const domainOf = (world: World): string => world.running.model.directory.model.domains[0]?.id ?? '';

describe('what lists and people say of live calls', () => {
  scenario(
    'the employee whom the contact list names rings before the strategy',
    {
      ends: 'caller-hung-up',
      ...COMPANY_OF,
      pbx: COMPANY.replace('ring: 5s', 'ring: 5s\n    knownEmployee: { window: 10m, ring: 15s }'),
    },
    async ({ itsp, alice, bob, world }) => {
      const lines = [{ number: '+79161112233', name: 'Ivan', extension: '202' }];
      expect((await world.running.contacts.take(domainOf(world), lines)).ok).toBe(true);
      itsp.invites(SALES_NUMBER);
      takes(itsp, bob);
      alice.hearsNothing();
    },
  );

  scenario(
    'a group whose members log in rings who is logged in',
    {
      ends: ['unreachable', 'caller-hung-up'],
      ...COMPANY_OF,
      pbx: COMPANY.replace('ring: 5s', 'ring: 5s\n    login: true'),
    },
    ({ itsp, alice, bob, world }) => {
      itsp.invites(SALES_NUMBER);
      itsp.hears('480 INVITE');
      world.running.logins.set(domainOf(world), '600', '202', true);
      itsp.invites(SALES_NUMBER);
      takes(itsp, bob);
      alice.hearsNothing();
    },
  );

  scenario(
    'the cheaper trunk is tried first where a rule asks for it',
    {
      ends: 'callee-busy',
      ...COMPANY_OF,
      pbx: COMPANY.replace('reserve: [reserve]', 'reserve: [reserve], leastCost: true'),
    },
    async ({ alice, itsp, reserve, world }) => {
      const domain = domainOf(world);
      for (const [trunk, perMinute] of [
        ['itsp', 20_000],
        ['reserve', 10_000],
      ] as const) {
        const rate = { prefix: '7', perMinute, connection: 0, first: 60, next: 60, name: '' };
        await world.running.rates.save({ domain, trunk }, new RateTable([rate]));
      }
      alice.invites('+79031234567');
      reserve.refuses(486);
      reserve.expects('ACK');
      alice.hears('486 INVITE');
      itsp.hearsNothing();
    },
  );
});

describe('a challenge to our BYE', () => {
  for (const [realm, who] of [
    ['itsp', 'a phone'],
    ['evil.example', 'the operator'],
  ] as const) {
    scenario(
      `of realm ${realm} by ${who} gets no credentials`,
      { ends: 'caller-hung-up', ...COMPANY_OF },
      ({ alice, bob, itsp, world }) => {
        const callee = who === 'a phone' ? bob : itsp;
        alice.invites(who === 'a phone' ? '202' : '+79031234567');
        callee.answers();
        callee.expects('ACK');
        alice.hears('200 INVITE');
        callee.manners.replies.BYE = 401;
        const line = `WWW-Authenticate: Digest realm="${realm}", nonce="bm9uY2U", algorithm=MD5, qop="auth"`;
        tampers(callee, (text) =>
          text.startsWith('SIP/2.0 401 ') ? text.replace(/^CSeq: .*\r\n/m, (cseq) => `${cseq}${line}\r\n`) : text,
        );
        end(alice, callee);
        world.passes(40_000);
        callee.hearsNothing();
        const ours = world.network.sent(
          ({ from, description }) => from.address === SWITCH.address && !/^\d/.test(description),
        );
        expect(ours.map(({ description }) => description)).toContain('BYE');
        for (const { octets } of ours) expect(octets.toString('latin1')).not.toMatch(/^(proxy-)?authorization\s*:/im);
      },
    );
  }
});

/** Answers the caller, who hangs up. */
function takes(caller: Actor, callee: Actor): void {
  callee.answers();
  caller.hears('200 INVITE');
  callee.expects('ACK');
  end(caller, callee);
}
