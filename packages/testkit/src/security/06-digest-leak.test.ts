import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { SWITCH } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';
import type { World } from '../world.ts';
import { tampers } from './tamper.ts';

/** The realm of our own accounts is what an attacker wants a digest of (ES2021-05); any other is a cheaper try. */
const REALMS = ['acme.example', 'evil.example'];
const CHALLENGES = [
  { status: 401, name: 'WWW-Authenticate' },
  { status: 407, name: 'Proxy-Authenticate' },
] as const;

const challenge = (realm: string): string => `Digest realm="${realm}", nonce="bm9uY2U", algorithm=MD5, qop="auth"`;

/** No request of ours carries credentials, ours or those of the caller. */
function gaveNoneAway({ network }: World): void {
  const ours = network.sent(({ from }) => from.address === SWITCH.address);
  expect(ours.length).toBeGreaterThan(0);
  for (const { octets, description } of ours) {
    if (/^\d/.test(description)) continue;
    expect(octets.toString('latin1')).not.toMatch(/^(proxy-)?authorization\s*:/im);
  }
}

/** Answers every request of this method with a challenge. */
function challenges(phone: Actor, method: string, status: number, line: string): void {
  phone.manners.replies[method] = status;
  tampers(phone, (text) =>
    text.startsWith(`SIP/2.0 ${status} `) ? text.replace(/^CSeq: .*\r\n/m, (cseq) => `${cseq}${line}\r\n`) : text,
  );
}

describe.each(CHALLENGES)('a phone answers us with $status', ({ status, name }) => {
  for (const realm of REALMS) {
    const header = [name, challenge(realm)] as const;
    const line = header.join(': ');

    scenario(
      `security 6: ${status} to our INVITE for ${realm} gets an ACK and no credentials`,
      { ends: 'unreachable' },
      ({ alice, bob, world }) => {
        alice.invites(bob);
        bob.refuses(status, { headers: [header] });
        bob.expects('ACK');
        expect(alice.hears('480 INVITE').has(name)).toBe(false);
        world.passes(40_000);
        gaveNoneAway(world);
      },
    );

    scenario(
      `security 6: ${status} to our BYE for ${realm} gets no credentials`,
      { ends: 'caller-hung-up' },
      ({ alice, bob, world }) => {
        talk(alice, bob);
        challenges(bob, 'BYE', status, line);
        end(alice, bob);
        world.passes(40_000);
        bob.hearsNothing();
        gaveNoneAway(world);
      },
    );

    scenario(
      `security 6: ${status} to a re-INVITE for ${realm} gets no credentials, and is not passed on`,
      { ends: 'caller-hung-up' },
      ({ alice, bob, world }) => {
        talk(alice, bob);
        alice.holds();
        bob.refuses(status, { headers: [header] });
        bob.expects('ACK');
        const answer = alice.hears(/^\d+ INVITE$/);
        expect([401, 407]).not.toContain(answer.status);
        expect(answer.has(name)).toBe(false);
        end(alice, bob);
        gaveNoneAway(world);
      },
    );

    scenario(
      `security 6: ${status} to a relayed INFO for ${realm} gets no credentials, and is not passed on`,
      { ends: 'caller-hung-up' },
      ({ alice, bob, world }) => {
        talk(alice, bob);
        challenges(bob, 'INFO', status, line);
        alice.sends('INFO', { body: 'x' });
        bob.expects('INFO');
        expect(alice.hears('403 INFO').has(name)).toBe(false);
        end(alice, bob);
        gaveNoneAway(world);
      },
    );

    scenario(
      `security 6: ${status} to our keep-alive for ${realm} gets no credentials`,
      { ends: [], cast: ['dave'] },
      async ({ dave, world }) => {
        challenges(dave, 'OPTIONS', status, line);
        world.passes(25_000);
        dave.expects('OPTIONS');
        gaveNoneAway(world);
        await dave.registers({ expires: 0 });
      },
    );
  }
});
