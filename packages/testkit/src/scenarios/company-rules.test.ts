import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from './acts.ts';
import { COMPANY, changed, pbxUser } from './company.ts';

const COMPANY_OF = { pbx: COMPANY, users: pbxUser() };
const SALES = ['alice', 'bob', 'carol'] as const;
const SALES_OF = { ...COMPANY_OF, cast: SALES };
const SALES_NUMBER = '84957654321';

/** The company, its group as these keys say. */
function salesWith(keys: string): string {
  return COMPANY.replace('strategy: sequential\n    ring: 5s', keys);
}

describe('what the rules of a company make of live calls', () => {
  scenario(
    'a number rings by day whom it rings no more at the minute when its hours end',
    { ends: ['caller-hung-up', 'caller-hung-up'], ...COMPANY_OF },
    async ({ itsp, alice, bob, world }) => {
      const { clock } = world.stage;
      const closes = Math.ceil(clock.now() / 60_000) * 60_000 + 60_000;
      const hours = `{ mon-sun: "${clockTime(closes - 3_600_000)}-${clockTime(closes)}" }`;
      const scheme = `{ name: main, hours: ${hours}, open: [{ ring: "201" }], closed: [{ ring: "202" }] }`;
      await world.applies(
        `domain: acme.example\ntimezone: UTC\nschemes: [${scheme}]\nnumbers: [{ number: "+74951234567", scheme: main }]\n`,
        'hours.yaml',
      );
      world.passes(closes - 1 - clock.now());
      itsp.invites('84951234567');
      takes(itsp, alice);
      world.passes(closes - clock.now());
      itsp.invites('84951234567');
      takes(itsp, bob);
    },
  );

  scenario(
    'a scheme rings one after the other, and then hangs up with the cause that it names',
    { ends: 'callee-busy', ...COMPANY_OF },
    async ({ itsp, alice, bob, world }) => {
      const ring = 'ring: { to: ["201", "202"], order: in-turn, ring: 5s }';
      const scheme = `{ name: main, open: [{ ${ring} }, { hangup: busy }] }`;
      await world.applies(
        `domain: acme.example\nschemes: [${scheme}]\nnumbers: [{ number: "+74951234567", scheme: main }]\n`,
        'scheme.yaml',
      );
      itsp.invites('84951234567');
      for (const member of [alice, bob]) {
        member.rings();
        world.passes(5_000);
        member.expects('CANCEL', 'ACK');
      }
      itsp.hears('180 INVITE', '486 INVITE');
    },
  );

  scenario(
    'a caller of the black list rings nobody',
    { ends: 'caller-blocked', ...COMPANY_OF, pbx: COMPANY.replace('to: "201" }', 'to: "201", block: ["+7916*"] }') },
    ({ itsp, alice }) => {
      itsp.invites('84951234567');
      itsp.hears('486 INVITE');
      alice.hearsNothing();
    },
  );

  scenario(
    'who does not want to be disturbed is not, and calls go where they say',
    { ends: ['do-not-disturb', 'caller-hung-up'], ...SALES_OF },
    async ({ alice, bob, carol, world }) => {
      await world.applies(changed('202', 'bobby', 'dnd: true'), 'dnd.yaml');
      alice.invites('202');
      alice.hears('486 INVITE');
      bob.hearsNothing();
      await world.applies(changed('202', 'bobby', 'dnd: true, forward: { busy: "203" }'), 'dnd.yaml');
      alice.invites('202');
      takes(alice, carol);
    },
  );

  scenario(
    'who can not be reached is stood in for at once',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    async ({ alice, bob, world }) => {
      await world.applies(changed('203', 'carol', 'forward: { unreachable: "202" }'), 'away.yaml');
      alice.invites('203');
      takes(alice, bob);
    },
  );
});

describe('what a group remembers of live calls', () => {
  scenario(
    'a member who has just spoken has peace until the wrap-up is over',
    {
      ends: Array(3).fill('caller-hung-up'),
      ...SALES_OF,
      pbx: salesWith('strategy: sequential\n    ring: 5s\n    wrapUp: 30s'),
    },
    ({ itsp, alice, bob, world }) => {
      itsp.invites(SALES_NUMBER);
      takes(itsp, alice);
      world.passes(29_999);
      itsp.invites(SALES_NUMBER);
      takes(itsp, bob);
      world.passes(30_001);
      itsp.invites(SALES_NUMBER);
      takes(itsp, alice);
    },
  );

  for (const strategy of ['longest-idle', 'fewest-calls', 'least-talk']) {
    scenario(
      `three calls reach three members: ${strategy}`,
      { ends: Array(3).fill('caller-hung-up'), ...SALES_OF, pbx: salesWith(`strategy: ${strategy}\n    ring: 5s`) },
      ({ itsp, alice, bob, carol, world }) => {
        const answered: Actor[] = [];
        for (let call = 0; call < 3; call++) {
          itsp.invites(SALES_NUMBER);
          const rung = [alice, bob, carol].filter(({ phone }) => phone.inbox.requests.length > 0);
          expect(rung).toHaveLength(1);
          const [member] = rung as [Actor];
          member.answers();
          itsp.hears('200 INVITE');
          member.expects('ACK');
          world.passes(10_000);
          end(itsp, member);
          answered.push(member);
        }
        expect(new Set(answered).size).toBe(3);
      },
    );
  }

  scenario(
    'who spoke with a caller is known after a restart',
    {
      ends: ['caller-hung-up', 'caller-hung-up'],
      ...COMPANY_OF,
      pbx: salesWith('strategy: sequential\n    ring: 5s\n    knownEmployee: { window: 10m, ring: 15s }'),
    },
    async ({ itsp, alice, bob, world }) => {
      itsp.invites(SALES_NUMBER);
      alice.refuses(486);
      alice.expects('ACK');
      takes(itsp, bob);
      await world.stage.eventually(() => world.endings().length === 1);
      await world.stop();
      await world.start();
      itsp.invites(SALES_NUMBER);
      takes(itsp, bob);
      alice.hearsNothing();
    },
  );

  scenario(
    'two calls at one moment ring two members, and nobody twice',
    { ends: Array(2).fill('caller-hung-up'), ...SALES_OF },
    ({ itsp, alice, bob }) => {
      const [first, second] = [1, 2].map(() => itsp.phone.dial(SALES_NUMBER));
      alice.answers();
      bob.answers();
      itsp.hears('200 INVITE', '200 INVITE');
      alice.expects('ACK');
      bob.expects('ACK');
      first?.bye();
      second?.bye();
      itsp.hears('200 BYE', '200 BYE');
      alice.expects('BYE');
      bob.expects('BYE');
    },
  );
});

describe('what may be called outside', () => {
  scenario(
    'abroad is denied, though a rule matches, unless the rule says that it means it',
    {
      ends: ['forbidden', 'callee-busy'],
      ...COMPANY_OF,
      pbx: COMPANY.replace('outbound:\n', 'outbound:\n  - { match: "+*", trunk: itsp }\n'),
    },
    async ({ alice, itsp, reserve, world }) => {
      alice.invites('8104930123456');
      alice.hears('403 INVITE');
      itsp.hearsNothing();
      reserve.hearsNothing();
      const rule = '{ match: "+*", trunk: itsp, international: true }';
      await world.applies(`domain: acme.example\noutbound: [${rule}]\n`, 'abroad.yaml');
      alice.invites('8104930123456');
      await world.written();
      itsp.refuses(486);
      itsp.expects('ACK');
      alice.hears('486 INVITE');
    },
  );

  scenario(
    'an emergency call leaves when every limit is used up',
    {
      ends: ['limit-reached', 'callee-busy'],
      ...COMPANY_OF,
      pbx: COMPANY.replace('outbound:\n', 'outbound:\n  - { match: "112", trunk: itsp }\n'),
      limitsOf: () => ({ calls: 0 }),
    },
    ({ alice, itsp }) => {
      alice.invites('+79031234567');
      alice.hears('403 INVITE');
      itsp.hearsNothing();
      alice.invites('112');
      itsp.refuses(486);
      itsp.expects('ACK');
      alice.hears('486 INVITE');
      const uri = itsp.call.received?.request.requestUri;
      expect(uri?.ok && String(uri.value)).toBe('sip:112@sip.itsp.example');
    },
  );

  scenario(
    'a call that is sent on counts against who sends it on, not against who calls',
    {
      ends: ['callee-busy', 'limit-reached', 'callee-busy'],
      ...COMPANY_OF,
      limitsOf: ({ kind }) => (kind === 'user' ? { callsPerHour: 1 } : undefined),
    },
    async ({ alice, bob, itsp, world }) => {
      await world.applies(changed('202', 'bobby', 'forward: { always: "+79161234567" }'), 'forward.yaml');
      alice.invites(bob);
      await world.written();
      itsp.refuses(486);
      itsp.expects('ACK');
      alice.hears('486 INVITE');
      alice.invites(bob);
      alice.hears('403 INVITE');
      alice.invites('+79031234567');
      await world.written();
      itsp.refuses(486);
      itsp.expects('ACK');
      alice.hears('486 INVITE');
      bob.hearsNothing();
    },
  );

  scenario(
    'a colleague’s call outside makes that colleague busy for a group',
    { ends: ['caller-hung-up', 'caller-hung-up'], ...SALES_OF },
    ({ alice, bob, itsp, carol }) => {
      talk(alice, carol);
      itsp.invites(SALES_NUMBER);
      takes(itsp, bob);
      end(alice, carol);
    },
  );
});

/** Answers the caller, who hangs up. */
function takes(caller: Actor, callee: Actor): void {
  callee.answers();
  caller.hears('200 INVITE');
  callee.expects('ACK');
  end(caller, callee);
}

/** The time of day in UTC: 09:30. */
function clockTime(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}
