import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { pbxYaml, SWITCH } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';
import type { World } from '../world.ts';
import { adding, tampers } from './tamper.ts';

/** Nothing that the switch wrote to anybody has the forged header or attribute as a line of its own, however lines end. */
function nothingWasInjected({ network }: World): void {
  const ours = network.sent(({ from }) => from.address === SWITCH.address);
  expect(ours.length).toBeGreaterThan(0);
  for (const { octets } of ours) {
    const lines = octets.toString('latin1').split(/\r\n|\r|\n/);
    expect(lines.filter((line) => /^(x-evil|a=evil)/i.test(line))).toEqual([]);
  }
}

/** No text of any event holds a control character: history, log, lists and whatever is made of them later. */
function recordsAreOneLine({ events }: World): void {
  const texts: string[] = [];
  JSON.stringify(events, (_key, value: unknown) => {
    if (typeof value === 'string') texts.push(value);
    return value;
  });
  expect(texts.filter((text) => /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text))).toEqual([]);
}

const FOLDS = ['\r\n X-Evil: 1', '\r\n\tX-Evil: 1\r\n X-Evil: 2', '%0d%0aX-Evil: 1', '\\\\r\\\\nX-Evil: 1'];

describe('a header that is passed on', () => {
  for (const name of ['Subject', 'Priority', 'User-to-User']) {
    for (const fold of FOLDS) {
      scenario(
        `security 19: ${name} with ${JSON.stringify(fold)} is one line to the callee`,
        { ends: 'caller-hung-up' },
        ({ alice, bob, world }) => {
          tampers(alice, adding('INVITE', `${name}: begin${fold} end\r\n`));
          alice.invites(bob);
          const invite = bob.expects('INVITE');
          bob.answers();
          alice.hears('200 INVITE');
          bob.expects('ACK');
          end(alice, bob);
          expect(invite.value(name)).toMatch(/^begin.*end$/);
          nothingWasInjected(world);
          recordsAreOneLine(world);
        },
      );
    }
  }

  scenario(
    'security 19: the type of a relayed body is one line, in the request and in its answer',
    { ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      talk(alice, bob);
      tampers(alice, adding('INFO', 'Content-Type: text/plain;\r\n X-Evil=1;a="\r\n X-Evil: 2"\r\n'));
      alice.sends('INFO', { body: '\r\nX-Evil: 3' });
      const info = bob.expects('INFO');
      alice.hears('200 INFO');
      expect(info.value('Content-Type')).toBe('text/plain; X-Evil=1;a=" X-Evil: 2"');
      end(alice, bob);
      const heads = world.network.sent(({ from }) => from.address === SWITCH.address);
      for (const { octets } of heads) {
        expect(octets.toString('latin1').split('\r\n\r\n')[0]).not.toMatch(/^x-evil/im);
      }
    },
  );
});

describe('a name or number', () => {
  for (const user of ['201%0d%0aX-Evil:%201', '201%0aX-Evil:1', '201%0d', '%0d%0a%0d%0aX-Evil:1', '%00%1b%5b2J']) {
    scenario(`security 19: From and To of ${user} inject nothing`, { ends: 'callee-busy' }, ({ alice, bob, world }) => {
      tampers(alice, (text) =>
        text
          .replace(/^From: .*;tag=/m, `From: "x%0d%0aX-Evil: 1" <sip:${user}@acme.example>;tag=`)
          .replace(/^To: <.*>\r$/m, `To: "\\x" <sip:${user}@acme.example?X-Evil=%0d%0aX-Evil:1>\r`),
      );
      alice.invites(bob);
      const invite = bob.expects('INVITE');
      bob.refuses(486);
      bob.expects('ACK');
      alice.hears('486 INVITE');
      expect(`${invite.value('From')} ${invite.value('To')}`).not.toMatch(/evil|%0d/i);
      nothingWasInjected(world);
      recordsAreOneLine(world);
    });

    scenario(
      `security 19: ${user} as the number dialled injects nothing into what goes over the wire`,
      { ends: 'not-found' },
      ({ alice, bob, world }) => {
        alice.invites(`sip:${user}@acme.example`);
        alice.hears('404 INVITE');
        bob.hearsNothing();
        nothingWasInjected(world);
        recordsAreOneLine(world);
      },
    );
  }

  scenario(
    'security 19: a Contact with escaped line ends is dialled as it was registered, escapes and all',
    { ends: 'caller-hung-up', cast: ['alice'] },
    async ({ alice, bob, world }) => {
      const contact = 'sip:bob%0d%0aX-Evil:%201@192.0.2.20:5060;x=%0d%0aX-Evil:2';
      const registered = bob.registers({ contact: `<${contact}>`, headers: [['User-Agent', 'x%0d%0aX-Evil: 1']] });
      expect((await registered).value('Contact')).toContain(`<${contact}>`);
      talk(alice, bob);
      expect(bob.call.received?.request.requestUriText).toBe(contact);
      end(alice, bob);
      nothingWasInjected(world);
      recordsAreOneLine(world);
    },
  );

  for (const name of ['"a\\r\\nX-Evil: 1"', '"a\\nX-Evil: 1"', '"a\\0b"']) {
    scenario(`security 19: no file gives a user the name ${name}`, { ends: [] }, async ({ world }) => {
      const text = pbxYaml().replace('name: alice', `name: ${name}`);
      expect(text).not.toBe(pbxYaml());
      const applied = await world.switch?.model.applyFile({ path: '/pbx.yaml', name: 'pbx.yaml', text });
      expect(applied?.ok).toBe(false);
    });
  }
});

describe('a callee', () => {
  const answers: readonly (readonly [string, (bob: Actor) => void])[] = [
    [
      'a refusal',
      (bob) => bob.refuses(486, { reason: 'Busy%0d%0aX-Evil: 1', headers: [['Warning', '399 a "%0d%0aX-Evil: 1"']] }),
    ],
    ['a redirection', (bob) => bob.refuses(302, { headers: [['Contact', '<sip:a@b?X-Evil=%0d%0aX-Evil:1>']] })],
  ];
  for (const [what, answer] of answers) {
    scenario(
      `security 19: ${what} with line ends injects nothing`,
      { ends: what === 'a refusal' ? 'callee-busy' : 'unreachable' },
      ({ alice, bob, world }) => {
        tampers(bob, (text) =>
          text.replace(/^CSeq: .*\r\n/m, (line) => `${line}Reason: Q.850\r\n ;text="a"\r\n\tX-Evil: 1\r\n`),
        );
        alice.invites(bob);
        answer(bob);
        bob.expects('ACK');
        alice.hears(/^4\d\d INVITE$/);
        nothingWasInjected(world);
        recordsAreOneLine(world);
      },
    );
  }
});

describe('a session description', () => {
  scenario(
    'security 19: with a control character in a line is refused, whoever says it',
    { ends: ['offer-refused', 'no-common-codec'] },
    ({ alice, bob, world }) => {
      const line = 'a=fmtp:8 x=1\0a=evil:1\r\n';
      alice.invites(bob, { sdp: alice.phone.sdp() + line });
      alice.hears(/^4(00|88) INVITE$/);
      alice.invites(bob);
      bob.answers({ sdp: bob.phone.sdp() + line });
      bob.expects('ACK', 'BYE');
      alice.hears('488 INVITE');
      nothingWasInjected(world);
    },
  );

  // A phone may end its lines as it likes; what it says there stays on its leg, in whichever attribute it hides.
  for (const end of ['\r', '\n', '\r\n']) {
    for (const line of ['s=x', 'a=fmtp:8 x=1', 'a=rtpmap:96 opus', 'a=ptime:20', 'a=sendrecv', 'c=IN IP4 192.0.2.10']) {
      const hidden = `${line}${end}a=evil:1/48000`;
      scenario(
        `security 19: ${JSON.stringify(hidden)} brings no attribute to the other leg, in an offer or an answer`,
        { ends: 'caller-hung-up' },
        ({ alice, bob, world }) => {
          alice.invites(bob, { sdp: `${alice.phone.sdp()}${hidden}\r\n` });
          bob.answers({ sdp: `${bob.phone.sdp()}${hidden}\r\n` });
          alice.hears('200 INVITE');
          bob.expects('ACK');
          alice.hangsUp();
          alice.hears('200 BYE');
          bob.expects('BYE');
          nothingWasInjected(world);
        },
      );
    }
  }
});
