import type { SipMessage } from '@vats/sip';
import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { SWITCH } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';
import type { World } from '../world.ts';
import { adding, tampers } from './tamper.ts';

/** A word that is in every forged value, and that nobody else must ever see. */
const MARK = 'forged-7f3a';
const FORGED = `"Director ${MARK}" <sip:100-${MARK}@acme.example>`;

/** Headers that some server behind us, or we ourselves in a later version, might believe; each as a whole line or more. */
const LINES: readonly string[] = [
  `P-Asserted-Identity: ${FORGED}`,
  `p-asserted-identity: ${FORGED}`,
  `P-ASSERTED-IDENTITY : ${FORGED}`,
  `P-Asserted-Identity:\r\n ${FORGED}`,
  `P-Asserted-Identity \t :\r\n\t${FORGED}`,
  `P-Preferred-Identity: ${FORGED}`,
  `Remote-Party-ID: ${FORGED};party=calling;screen=yes`,
  `rEmOtE-pArTy-Id : ${FORGED};party=calling`,
  `P-Charging-Vector: icid-value=${MARK}`,
  `P-Access-Network-Info: ${MARK}`,
  `P-Called-Party-ID: ${FORGED}`,
  `X-Trust: ${MARK}`,
  `X-Trust : ${MARK}`,
  `x-trust\t:\r\n\t${MARK}`,
  `X-TRUST:${MARK}`,
  `X-VATS-Account: ${MARK}`,
  `X-Forwarded-For: ${MARK}`,
  `X-Real-IP: ${MARK}`,
  `Diversion: ${FORGED};reason=unconditional`,
  `History-Info: ${FORGED};index=1`,
  `Identity: ${MARK};info=<https://${MARK}.example>`,
  `Referred-By: ${FORGED}`,
  `b: ${FORGED}`,
  `Call-Info: <https://${MARK}.example>;purpose=icon`,
  `Privacy: id;${MARK}`,
  `Session-ID: ${MARK}`,
  `Authentication-Info: nextnonce="${MARK}"`,
  `Organization: ${MARK}`,
  `Reply-To: ${FORGED}`,
  `Error-Info: <sip:${MARK}@acme.example>`,
];
const ALL = LINES.map((line) => `${line}\r\n`).join('');

/** What the switch wrote to this phone, with everything in it. */
function written({ network }: World, to: Actor): string {
  const at = to.phone.settings.local.address;
  const octets = network.sent((message) => message.from.address === SWITCH.address && message.to.address === at);
  return octets.map((message) => message.octets.toString('latin1')).join('\n');
}

function fromOf(message: SipMessage): string {
  return (message.value('From') ?? '').replace(/;tag=.*/, '');
}

describe('a caller', () => {
  for (const line of LINES) {
    scenario(
      `security 15: ${JSON.stringify(line.replaceAll(MARK, '*'))} from a phone stays on its leg, and changes nobody's name`,
      { ends: 'caller-hung-up' },
      ({ alice, bob, world }) => {
        tampers(alice, adding('INVITE', `${line}\r\n`));
        alice.invites(bob);
        const invite = bob.expects('INVITE');
        bob.answers();
        alice.hears('200 INVITE');
        bob.expects('ACK');
        end(alice, bob);
        expect(fromOf(invite)).toBe('"alice" <sip:201@198.51.100.1>');
        expect(written(world, bob)).not.toContain(MARK);
        expect(JSON.stringify(world.events)).not.toContain(MARK);
        expect(world.events[0]).toMatchObject({ from: { number: '201', name: 'alice', login: 'alice' } });
      },
    );
  }

  scenario(
    'security 15: all of them at once, in every request of a call, in both directions and in answers',
    { ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      for (const phone of [alice, bob]) {
        for (const method of ['INVITE', 'ACK', 'BYE', 'INFO', 'MESSAGE', 'SIP/2.0'])
          tampers(phone, adding(method, ALL));
      }
      alice.invites(bob);
      bob.rings();
      alice.hears(180);
      bob.answers();
      alice.hears('200 INVITE');
      bob.expects('ACK');
      for (const [one, other] of [
        [alice, bob],
        [bob, alice],
      ] as const) {
        one.sends('INFO', { body: 'x' });
        other.expects('INFO');
        one.hears('200 INFO');
        one.holds();
        other.answers();
        one.hears('200 INVITE');
        other.expects('ACK');
      }
      end(alice, bob);
      for (const phone of [alice, bob]) expect(written(world, phone)).not.toContain(MARK);
      expect(JSON.stringify(world.events)).not.toContain(MARK);
    },
  );
});

describe('whoever one says one is', () => {
  for (const from of [
    '"Director" <sip:100@acme.example>',
    '<sip:202@acme.example>',
    '"bob" <sip:bob@acme.example>',
    '<tel:+74951234567>',
  ]) {
    scenario(
      `security 15: a From of ${from} shows the callee the account that has proven itself`,
      { ends: 'caller-hung-up' },
      ({ alice, bob, world }) => {
        tampers(alice, (text) => text.replace(/^From: .*;tag=/m, `From: ${from};tag=`));
        talk(alice, bob);
        const [invite] = bob.phone.calls.map(({ received }) => received?.request);
        expect(invite && fromOf(invite)).toBe('"alice" <sip:201@198.51.100.1>');
        expect(world.events[0]).toMatchObject({ from: { number: '201', login: 'alice' } });
        end(alice, bob);
      },
    );
  }

  scenario(
    'security 15: a REGISTER with an asserted identity binds the account that has proven itself, and no other',
    { ends: [], cast: [] },
    async ({ alice, world }) => {
      tampers(alice, adding('REGISTER', `P-Asserted-Identity: <sip:bob@acme.example>\r\nX-Trust : 1\r\n`));
      await alice.registers();
      expect(world.registrations.map(({ binding }) => binding.login)).toEqual(['alice']);
      const stolen = alice.registers({ as: 'bob', status: 403 });
      await stolen;
      expect(world.switch?.registrar.size).toBe(1);
    },
  );
});
