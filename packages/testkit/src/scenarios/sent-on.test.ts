import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { changed } from './company.ts';
import { companyOf, MOBILE, NUMBER, SENT_ON, TRUSTED } from './identity-company.ts';

describe('a call that is sent on', () => {
  const DIVERSION = `<sip:${NUMBER.slice(1)}@sip.itsp.example>;reason=unconditional;counter=1;privacy=off`;

  scenario(
    'RFC 5806 §9.1: by a number: the trunk is told from where, and what it said of before',
    { ends: 'callee-busy', ...companyOf(`${TRUSTED}, forwarded: [diversion]`) },
    ({ itsp }) => {
      itsp.invites(NUMBER, { headers: [SENT_ON] });
      itsp.refuses(486);
      itsp.expects('ACK');
      itsp.hears('486 INVITE');
      const invite = itsp.phone.calls.at(-1)?.received?.request;
      expect(invite?.list('Diversion')).toEqual([
        DIVERSION,
        '<sip:78120000001@sip.itsp.example>;reason=no-answer;counter=1;privacy=off',
      ]);
      expect(invite?.value('History-Info')).toBeUndefined();
      expect(invite?.value('From')).toMatch(/^<sip:74951234567@/);
    },
  );

  scenario(
    'what a trunk that is not trusted says of before is not passed on',
    { ends: 'callee-busy', ...companyOf('forwarded: [diversion]') },
    ({ itsp }) => {
      itsp.invites(NUMBER, { headers: [SENT_ON] });
      itsp.refuses(486);
      itsp.expects('ACK');
      itsp.hears('486 INVITE');
      expect(itsp.phone.calls.at(-1)?.received?.request.list('Diversion')).toEqual([DIVERSION]);
    },
  );

  scenario(
    'RFC 7044 §5: Diversion that came goes on as History-Info, where the trunk wants that',
    { ends: 'callee-busy', ...companyOf(`${TRUSTED}, forwarded: [history-info]`) },
    ({ itsp }) => {
      itsp.invites(NUMBER, { headers: [SENT_ON] });
      itsp.refuses(486);
      itsp.expects('ACK');
      itsp.hears('486 INVITE');
      const invite = itsp.phone.calls.at(-1)?.received?.request;
      expect(invite?.list('History-Info')).toEqual([
        '<sip:78120000001@sip.itsp.example>;index=1',
        `<sip:${NUMBER.slice(1)}@sip.itsp.example;cause=408>;index=1.1;mp=1`,
        `<sip:${MOBILE.slice(1)}@sip.itsp.example;cause=302>;index=1.1.1;mp=1.1`,
      ]);
      expect(invite?.value('Diversion')).toBeUndefined();
    },
  );

  scenario(
    'a trunk is told nothing unless it is said that it wants to know',
    { ends: 'callee-busy', ...companyOf(TRUSTED) },
    ({ itsp }) => {
      itsp.invites(NUMBER, { headers: [SENT_ON] });
      itsp.refuses(486);
      itsp.expects('ACK');
      itsp.hears('486 INVITE');
      const invite = itsp.phone.calls.at(-1)?.received?.request;
      expect([invite?.value('Diversion'), invite?.value('History-Info')]).toEqual([undefined, undefined]);
    },
  );

  for (const [how, keys, reason] of [
    ['always', `forward: { always: "${MOBILE}" }`, 'unconditional'],
    ['when busy', `forward: { busy: "${MOBILE}" }`, 'user-busy'],
    ['who rings a mobile phone too', `mobile: "${MOBILE}", reach: { to: [{ to: mobile }] }`, 'follow-me'],
  ] as const) {
    scenario(
      `RFC 5806 §9.1: by an employee, ${how}: ${reason}, from the number that was called`,
      { ends: 'callee-busy', ...companyOf('forwarded: [diversion]') },
      async ({ itsp, alice, world }) => {
        await world.applies(changed('201', 'alice', keys), 'forward.yaml');
        itsp.invites('84951234567');
        if (how === 'when busy') {
          alice.refuses(486);
          alice.expects('ACK');
        }
        itsp.refuses(486);
        itsp.expects('ACK');
        itsp.hears('486 INVITE');
        expect(itsp.phone.calls.at(-1)?.received?.request.list('Diversion')).toEqual([
          `<sip:74951234567@sip.itsp.example>;reason=${reason};counter=1;privacy=off`,
        ]);
      },
    );
  }

  scenario(
    'by two employees in turn is one diversion of the company, counted twice; a colleague’s call too',
    { ends: 'callee-busy', ...companyOf('forwarded: [diversion]'), cast: ['alice', 'bob', 'carol'] },
    async ({ carol, itsp, world }) => {
      await world.applies(changed('201', 'alice', 'forward: { always: "202" }'), 'a.yaml');
      await world.applies(changed('202', 'bobby', `forward: { always: "${MOBILE}" }`), 'b.yaml');
      carol.invites('201');
      itsp.refuses(486);
      itsp.expects('ACK');
      carol.hears('486 INVITE');
      const invite = itsp.call.received?.request;
      expect(invite?.list('Diversion')).toEqual([
        '<sip:74951234567@sip.itsp.example>;reason=unconditional;counter=2;privacy=off',
      ]);
    },
  );

  scenario(
    'what somebody dials is no diversion',
    { ends: 'callee-busy', ...companyOf('forwarded: [diversion, history-info]') },
    ({ alice, itsp }) => {
      alice.invites(MOBILE, { headers: [SENT_ON, ['History-Info', '<sip:+7812@x>;index=1']] });
      itsp.refuses(486);
      itsp.expects('ACK');
      alice.hears('486 INVITE');
      const invite = itsp.call.received?.request;
      expect([invite?.value('Diversion'), invite?.value('History-Info')]).toEqual([undefined, undefined]);
    },
  );

  scenario(
    'whoever forwards without showing a number is told to the operator alone',
    { ends: 'callee-busy', ...companyOf('forwarded: [diversion, history-info]') },
    async ({ itsp, world }) => {
      await world.applies(changed('201', 'alice', `anonymous: true, forward: { always: "${MOBILE}" }`), 'a.yaml');
      itsp.invites('84951234567');
      itsp.refuses(486);
      itsp.expects('ACK');
      itsp.hears('486 INVITE');
      const invite = itsp.phone.calls.at(-1)?.received?.request;
      expect(invite?.list('Diversion')).toEqual([
        '<sip:anonymous@anonymous.invalid>;reason=unconditional;counter=1;privacy=full',
      ]);
      expect(invite?.list('History-Info')[0]).toBe('<sip:anonymous@anonymous.invalid?Privacy=history>;index=1');
      expect(invite?.value('P-Asserted-Identity')).toBe('<sip:74951234567@sip.itsp.example>');
    },
  );

  for (const [what, headers, from] of [
    ['the first caller’s number', [], '<sip:79161112233@sip.itsp.example>'],
    ['nobody, who hid before', [['Privacy', 'id']], '"Anonymous" <sip:anonymous@anonymous.invalid>'],
  ] as const) {
    scenario(
      `may show ${what}, while we assert our own`,
      { ends: 'callee-busy', ...companyOf('forwarded: [diversion], forwardedCaller: original') },
      ({ itsp }) => {
        itsp.invites(NUMBER, { headers });
        itsp.refuses(486);
        itsp.expects('ACK');
        itsp.hears('486 INVITE');
        const invite = itsp.phone.calls.at(-1)?.received?.request;
        expect(invite?.value('From')?.replace(/;tag=.*/, '')).toBe(from);
        expect(invite?.value('P-Asserted-Identity')).toBe('<sip:74951234567@sip.itsp.example>');
        expect(invite?.value('Privacy')).toBe(headers.length === 0 ? undefined : 'id');
      },
    );
  }

  for (const [what, header] of [
    ['Diversion', `<sip:${MOBILE}@x>;reason=unconditional, <sip:${NUMBER}@x>;reason=unconditional`],
    [
      'History-Info',
      `<sip:${NUMBER}@x>;index=1, <sip:${MOBILE}@x;cause=302>;index=1.1, <sip:${NUMBER}@x;cause=302>;index=1.1.1`,
    ],
    ['Diversion', `<sip:${NUMBER}@x>;reason=unconditional;counter=1, <sip:${NUMBER}@x>;reason=unconditional`],
    ['Diversion', '<sip:+78120000001@x>;reason=no-answer;counter=10'],
  ] as const) {
    scenario(
      `that ${what} says was here before is a circle: ${header}`,
      { ends: 'loop', ...companyOf('forwarded: [diversion]') },
      ({ itsp, world }) => {
        itsp.invites(NUMBER, { headers: [[what, header]] });
        itsp.hears('482 INVITE');
        itsp.hearsNothing();
        expect(world.log.events).toContain('call.diverted-in-a-circle');
      },
    );
  }

  scenario(
    'that was sent on from here once, and goes elsewhere now, is none',
    { ends: 'callee-busy', ...companyOf('forwarded: [diversion]') },
    ({ itsp }) => {
      itsp.invites(NUMBER, {
        headers: [['Diversion', `<sip:+78120000001@x>;reason=away, <sip:${NUMBER}@x>;reason=away`]],
      });
      itsp.refuses(486);
      itsp.expects('ACK');
      itsp.hears('486 INVITE');
    },
  );
});
