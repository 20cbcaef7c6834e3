import { recordOf, replay } from '@vats/calls';
import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { scenario } from '../scenario.ts';
import { end } from './acts.ts';
import { COMPANY, changed, pbxUser } from './company.ts';

const COMPANY_OF = { pbx: COMPANY, users: pbxUser() };
const SALES = ['alice', 'bob', 'carol'] as const;

describe('calls from outside', () => {
  scenario(
    'a number of the domain rings whom it is for, who sees the caller’s name and number',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    ({ itsp, alice, world }) => {
      itsp.invites('84951234567');
      alice.answers();
      const invite = alice.call.received?.request;
      expect(invite?.value('From')).toMatch(/^"itsp" <sip:\+79161112233@/);
      itsp.hears('200 INVITE');
      alice.expects('ACK');
      expect(itsp.call.remoteTarget).toMatch(/^sip:line-itsp@/);
      end(itsp, alice);
      expect(world.events[0]).toMatchObject({ type: 'call.started', trunk: 'itsp', dialled: '84951234567' });
      expect(world.events[1]).toMatchObject({ type: 'call.routed', direction: 'in', did: '+74951234567' });
    },
  );

  for (const header of ['Diversion', 'P-Called-Party-ID']) {
    scenario(`the number is found in ${header} too`, { ends: 'callee-busy', ...COMPANY_OF }, ({ itsp, alice }) => {
      itsp.invites('line-itsp', {
        headers: [[header, '"Office" <sip:74951234567@sip.itsp.example>;reason=no-answer']],
      });
      alice.refuses(486);
      alice.expects('ACK');
      itsp.hears('486 INVITE');
    });
  }

  scenario(
    'a caller who hides is anonymous at the phone, whatever the operator knows',
    { ends: 'callee-busy', ...COMPANY_OF },
    ({ itsp, alice }) => {
      itsp.invites('84951234567', {
        headers: [
          ['Privacy', 'id'],
          ['P-Asserted-Identity', '<sip:+79161112233@sip.itsp.example>'],
        ],
      });
      alice.refuses(486);
      alice.expects('ACK');
      itsp.hears('486 INVITE');
      expect(alice.call.received?.request.value('From')).toMatch(/^<sip:anonymous@/);
      expect(alice.call.received?.request.value('P-Asserted-Identity')).toBeUndefined();
    },
  );

  scenario(
    'a number that is not the domain’s is not called outside',
    { ends: 'not-found', ...COMPANY_OF },
    ({ itsp }) => {
      itsp.invites('89031234567');
      itsp.hears('404 INVITE');
    },
  );

  scenario(
    'ten calls at once by a number with ten channels, and the eleventh hears busy',
    { ends: [...Array<'caller-hung-up'>(10).fill('caller-hung-up'), 'no-channel', 'caller-hung-up'], ...COMPANY_OF },
    ({ itsp, alice }) => {
      for (let call = 0; call < 10; call++) {
        itsp.invites('84951234567');
        alice.answers();
        itsp.hears('200 INVITE');
        alice.expects('ACK');
      }
      itsp.invites('84951234567');
      expect(itsp.hears('486 INVITE').value('Reason')).toMatch(/cause=17;text="Busy"/);
      const [first] = itsp.phone.calls;
      first?.bye();
      itsp.hears('200 BYE');
      alice.expects('BYE');
      itsp.invites('84951234567');
      alice.answers();
      itsp.hears('200 INVITE');
      alice.expects('ACK');
      for (const call of itsp.phone.calls) {
        if (call.ended || call.sent?.final?.status !== 200) continue;
        call.bye();
        itsp.hears('200 BYE');
        alice.expects('BYE');
      }
    },
  );

  scenario(
    'of calls that come at one moment no more pass than the number has channels',
    { ends: ['caller-hung-up', 'no-channel'], ...COMPANY_OF, pbx: COMPANY.replace('channels: 10', 'channels: 1') },
    ({ itsp, alice }) => {
      const [first] = [1, 2].map(() => itsp.phone.dial('84951234567'));
      alice.answers();
      itsp.hears('486 INVITE', '200 INVITE');
      alice.expects('ACK');
      first?.bye();
      itsp.hears('200 BYE');
      alice.expects('BYE');
    },
  );

  scenario(
    'a group in turn: each member rings for its time, and then the next',
    { ends: 'caller-hung-up', ...COMPANY_OF, cast: SALES },
    ({ itsp, alice, bob, carol, world }) => {
      itsp.invites('84957654321');
      alice.rings();
      itsp.hears('180 INVITE');
      bob.hearsNothing();
      world.passes(4_999);
      bob.hearsNothing();
      world.passes(1);
      alice.expects('CANCEL', 'ACK');
      bob.refuses(603);
      bob.expects('ACK');
      carol.answers();
      itsp.hears('200 INVITE');
      carol.expects('ACK');
      end(itsp, carol);
      const legs = world.events.filter((event) => event.type === 'leg.started');
      expect(legs.map(({ group }) => group)).toEqual(['600', '600', '600']);
    },
  );

  scenario(
    'in a group together one may come later, and one who declines stops nobody else',
    {
      ends: 'caller-hung-up',
      ...COMPANY_OF,
      pbx: COMPANY.replace('strategy: sequential', '').replace('"203"]', '{ to: "203", after: 2s }]'),
      cast: SALES,
    },
    ({ itsp, alice, bob, carol, world }) => {
      itsp.invites('84957654321');
      alice.refuses(603);
      alice.expects('ACK');
      bob.rings();
      itsp.hears('180 INVITE');
      world.passes(1_999);
      carol.hearsNothing();
      world.passes(1);
      carol.answers();
      itsp.hears('200 INVITE');
      carol.expects('ACK');
      bob.expects('CANCEL', 'ACK');
      end(itsp, carol);
    },
  );

  scenario(
    'of two callers at one moment each rings a member of their own: who rings is busy in the turn that decides',
    { ends: ['caller-hung-up', 'caller-hung-up'], ...COMPANY_OF, cast: SALES },
    ({ itsp, alice, bob, carol }) => {
      const callers = [1, 2].map(() => itsp.phone.dial('84957654321'));
      alice.answers();
      bob.answers();
      itsp.hears('200 INVITE', '200 INVITE');
      alice.expects('ACK');
      bob.expects('ACK');
      carol.hearsNothing();
      for (const caller of callers) caller.bye();
      itsp.hears('200 BYE', '200 BYE');
      alice.expects('BYE');
      bob.expects('BYE');
    },
  );

  scenario(
    'two members who answer at one moment: one has the call, the other is told that it was answered elsewhere',
    {
      ends: 'caller-hung-up',
      ...COMPANY_OF,
      pbx: COMPANY.replace('strategy: sequential', 'strategy: all'),
      cast: SALES,
      latency: 10,
    },
    ({ itsp, alice, bob, carol, world }) => {
      itsp.invites('84957654321');
      for (const member of [alice, bob, carol]) member.rings();
      itsp.hears(180);
      alice.answers();
      bob.answers();
      itsp.hears('200 INVITE');
      world.passes(100);
      alice.expects('ACK');
      bob.expects('CANCEL', 'ACK');
      expect(bob.expects('BYE').value('Reason')).toMatch(/^SIP;cause=200/);
      carol.expects('CANCEL', 'ACK');
      expect(world.events.filter(({ type }) => type === 'call.answered')).toHaveLength(1);
      end(itsp, alice);
    },
  );

  scenario(
    'a user who does not answer is followed to the mobile phone outside',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    async ({ itsp, reserve, alice, world }) => {
      world.trunks.down.add('itsp');
      await world.applies(changed('201', 'alice', 'ring: 3s, forward: { noAnswer: "+79161234567" }'), 'forward.yaml');
      itsp.invites('84951234567');
      alice.rings();
      itsp.hears('180 INVITE');
      world.passes(3_000);
      alice.expects('CANCEL', 'ACK');
      reserve.answers();
      itsp.hears('200 INVITE');
      reserve.expects('ACK');
      end(itsp, reserve);
      expect(world.events).toContainEqual(
        expect.objectContaining({
          type: 'call.routed',
          forward: { by: '201', to: '+79161234567', when: 'no-answer' },
        }),
      );
      expect(world.events).toContainEqual(
        expect.objectContaining({ type: 'leg.started', trunk: 'reserve', forwardedBy: '201' }),
      );
    },
  );

  scenario(
    'a mobile phone that rings with the others is the user’s own',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    async ({ itsp, alice, reserve, world }) => {
      world.trunks.down.add('itsp');
      const keys = 'mobile: "+79161234567", reach: { to: [{ to: devices }, { to: mobile, after: 3s, ring: 4s }] }';
      await world.applies(changed('201', 'alice', keys), 'reach.yaml');
      itsp.invites('84951234567');
      alice.rings();
      itsp.hears('180 INVITE');
      world.passes(3_000);
      reserve.answers();
      alice.expects('CANCEL', 'ACK');
      itsp.hears('200 INVITE');
      reserve.expects('ACK');
      end(itsp, reserve);
      expect(world.events).toContainEqual(
        expect.objectContaining({
          type: 'call.answered',
          party: { number: '+79161234567', extension: '201', name: 'alice' },
        }),
      );
    },
  );

  scenario(
    'a channel that was free when the plan was made, and is not when the phone’s time comes, is not taken',
    { ends: ['callee-busy', 'caller-hung-up'], ...COMPANY_OF, pbx: COMPANY.replace('channels: 30', 'channels: 1') },
    async ({ bob, alice, itsp, reserve, world }) => {
      const keys = 'mobile: "+79161234567", reach: { to: [{ to: devices }, { to: mobile, after: 3s }] }';
      await world.applies(changed('201', 'alice', keys), 'reach.yaml');
      bob.invites(alice);
      alice.rings();
      bob.hears('180 INVITE');
      alice.phone.dial('+79031234567');
      takesFirst(itsp);
      alice.hears('200 INVITE');
      world.passes(3_000);
      reserve.refuses(486);
      reserve.expects('ACK');
      alice.phone.calls[0]?.respond(486);
      alice.expects('ACK');
      bob.hears('486 INVITE');
      alice.call.bye();
      alice.hears('200 BYE');
      itsp.expects('BYE');
    },
  );

  scenario(
    'a member who is removed while it rings answers all the same',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    async ({ itsp, alice, world }) => {
      itsp.invites('84951234567');
      alice.rings();
      itsp.hears('180 INVITE');
      const domain = world.running.model.directory.model.domains[0];
      expect(domain?.users.some(({ extension }) => extension === '201')).toBe(true);
      await world.applies('domain: acme.example\nnumbers: [{ number: "+74951234567", to: "202" }]\n', 'number.yaml');
      alice.answers();
      itsp.hears('200 INVITE');
      alice.expects('ACK');
      end(itsp, alice);
    },
  );

  scenario(
    'a caller who rings again within the window reaches the employee who spoke last, and later whoever the strategy says',
    {
      ends: ['caller-hung-up', 'caller-hung-up', 'caller-hung-up'],
      ...COMPANY_OF,
      pbx: COMPANY.replace('ring: 5s', 'ring: 5s\n    knownEmployee: { window: 10m, ring: 15s }'),
      cast: SALES,
    },
    ({ itsp, alice, bob, world }) => {
      itsp.invites('84957654321');
      alice.refuses(486);
      alice.expects('ACK');
      takes(itsp, bob);
      world.passes(600_000);
      itsp.invites('84957654321');
      takes(itsp, bob);
      world.passes(600_001);
      itsp.invites('84957654321');
      takes(itsp, alice);
      expect(explained(world.events)).toContain('bobby spoke with +79161112233 last');
    },
  );

  scenario(
    'the employee who spoke last and is on the phone is not waited for',
    {
      ends: ['caller-hung-up', 'caller-hung-up', 'caller-hung-up'],
      ...COMPANY_OF,
      pbx: COMPANY.replace('ring: 5s', 'ring: 5s\n    knownEmployee: { window: 10m, ring: 15s }'),
      cast: SALES,
    },
    ({ itsp, alice, bob, carol }) => {
      itsp.invites('84957654321');
      takes(itsp, alice);
      alice.invites(carol);
      carol.answers();
      alice.hears('200 INVITE');
      carol.expects('ACK');
      itsp.invites('84957654321');
      takes(itsp, bob);
      end(alice, carol);
    },
  );

  scenario(
    'the story of a call holds all that its plan went by: the same plan is found again',
    {
      ends: ['caller-hung-up', 'callee-busy'],
      ...COMPANY_OF,
      pbx: COMPANY.replace('strategy: sequential', 'strategy: random\n    knownEmployee: { window: 10m, ring: 15s }'),
      cast: SALES,
    },
    ({ itsp, alice, bob, carol, world }) => {
      alice.invites(carol);
      carol.answers();
      alice.hears('200 INVITE');
      carol.expects('ACK');
      itsp.invites('84957654321');
      bob.refuses(486);
      bob.expects('ACK');
      itsp.hears('486 INVITE');
      end(alice, carol);
      const brought = world.events.find((event) => event.type === 'call.started' && event.trunk === 'itsp')?.call;
      const record = recordOf(world.events.filter(({ call }) => call === brought));
      const kept = JSON.parse(JSON.stringify(record)) as NonNullable<typeof record>;
      expect(kept.world).toMatchObject({ activity: { 201: { talking: 1 } } });
      const again = replay(kept, world.running.model.directory);
      expect(again).toMatchObject({ verdict: 'same', steps: [{}, { after: 'callee-busy' }] });
      expect(again.steps.flatMap(({ because }) => because)).toEqual(kept.explain);
    },
  );
});

/** Answers, and is acknowledged. */
function takesFirst(callee: Actor): void {
  callee.answers();
  callee.expects('ACK');
}

/** Answers the caller, who hangs up. */
function takes(caller: Actor, callee: Actor): void {
  callee.answers();
  caller.hears('200 INVITE');
  callee.expects('ACK');
  end(caller, callee);
}

function explained(events: readonly { readonly type: string }[]): string {
  return events.flatMap((event) => ('explain' in event ? (event.explain as string[]) : [])).join('\n');
}
