import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { SWITCH } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { end } from '../scenarios/acts.ts';
import { COMPANY, pbxUser } from '../scenarios/company.ts';
import type { World } from '../world.ts';
import { rawRequest, Stranger } from './stranger.ts';
import { tampers } from './tamper.ts';

/** The account's own realm is configured, so that no first challenge can choose one. */
const OFFICE = {
  ownTrunks: true,
  cast: ['alice'],
  pbx: COMPANY.replace('password: s3cretpass }', 'password: s3cretpass, realm: itsp, contactUser: line7x2k9 }'),
  users: pbxUser(),
} as const;
const NAMES = { 401: 'WWW-Authenticate', 407: 'Proxy-Authenticate' } as const;
const challenge = (realm: string): string => `Digest realm="${realm}", nonce="bm9uY2U", algorithm=MD5, qop="auth"`;

/** Which requests of ours carried credentials so far: `INVITE` … */
function credentialsIn(world: World): string[] {
  return world.network
    .sent(({ from }) => from.address === SWITCH.address)
    .filter(({ octets }) => /^(proxy-)?authorization\s*:/im.test(octets.toString('latin1')))
    .map(({ description, to }) => `${description} to ${to.address}`);
}

/** Answers every request of this method with a challenge. */
function challenges(phone: Actor, method: string, status: 401 | 407, realm: string): void {
  phone.manners.replies[method] = status;
  tampers(phone, (text) =>
    text.startsWith(`SIP/2.0 ${status} `)
      ? text.replace(/^CSeq: .*\r\n/m, (cseq) => `${cseq}${NAMES[status]}: ${challenge(realm)}\r\n`)
      : text,
  );
}

/** A call that came in by the trunk, talking. */
function cameIn(itsp: Actor, alice: Actor, called = 'line7x2k9'): void {
  itsp.invites(called, { headers: [['Diversion', '<sip:74951234567@sip.itsp.example>']] });
  alice.answers();
  itsp.hears('200 INVITE');
  alice.expects('ACK');
}

for (const status of [401, 407] as const) {
  describe(`in a call that came in by the trunk, its peer says ${status}`, () => {
    for (const [realm, answered] of [
      ['itsp', 1],
      ['acme.example', 0],
      ['evil.example', 0],
    ] as const) {
      scenario(
        `security 6 trunks: ${status} to our BYE for ${realm} gets ${answered} answers`,
        { ends: 'callee-hung-up', ...OFFICE },
        ({ itsp, alice, world }) => {
          cameIn(itsp, alice);
          challenges(itsp, 'BYE', status, realm);
          alice.hangsUp();
          alice.hears('200 BYE');
          itsp.expects('BYE');
          if (answered > 0) itsp.expects('BYE');
          world.passes(40_000);
          expect(credentialsIn(world)).toEqual(Array(answered).fill('BYE to 192.0.2.70'));
        },
      );

      scenario(
        `security 6 trunks: ${status} to a re-INVITE for ${realm} gets ${answered} answers`,
        { ends: 'caller-hung-up', ...OFFICE },
        ({ itsp, alice, world }) => {
          cameIn(itsp, alice);
          alice.holds();
          itsp.refuses(status, { headers: [[NAMES[status], challenge(realm)]] });
          itsp.expects('ACK');
          if (answered > 0) {
            itsp.answers();
            itsp.expects('ACK');
          }
          alice.hears(/^\d+ INVITE$/);
          end(itsp, alice);
          expect(new Set(credentialsIn(world).filter((text) => text.startsWith('INVITE'))).size).toBe(answered);
        },
      );

      scenario(
        `security 6 trunks: ${status} to a relayed INFO for ${realm} gets ${answered} answers`,
        { ends: 'caller-hung-up', ...OFFICE },
        ({ itsp, alice, world }) => {
          cameIn(itsp, alice);
          challenges(itsp, 'INFO', status, realm);
          alice.sends('INFO', { body: 'x' });
          itsp.expects('INFO');
          if (answered > 0) itsp.expects('INFO');
          alice.hears('403 INFO');
          end(itsp, alice);
          expect(credentialsIn(world)).toEqual(Array(answered).fill('INFO to 192.0.2.70'));
        },
      );
    }
  });

  describe(`of a call that goes out, ${status}`, () => {
    for (const realm of ['acme.example', 'evil.example']) {
      scenario(
        `security 6 trunks: for ${realm} to our INVITE gets no credentials`,
        { ends: 'callee-busy', ...OFFICE },
        ({ alice, itsp, reserve, world }) => {
          alice.invites('+79031234567');
          itsp.refuses(status, { headers: [[NAMES[status], challenge(realm)]] });
          itsp.expects('ACK');
          reserve.refuses(486);
          reserve.expects('ACK');
          alice.hears('486 INVITE');
          expect(credentialsIn(world)).toEqual([]);
        },
      );
    }

    scenario(
      `security 6 trunks: of the right realm by a trunk that has no account gets no credentials`,
      { ends: 'trunk-failed', ...OFFICE, pbx: OFFICE.pbx.replace('trunk: itsp, reserve: [reserve]', 'trunk: reserve') },
      ({ alice, reserve, world }) => {
        alice.invites('+79031234567');
        reserve.refuses(status, { headers: [[NAMES[status], challenge('itsp')]] });
        reserve.expects('ACK');
        alice.hears('503 INVITE');
        expect(credentialsIn(world)).toEqual([]);
      },
    );
  });
}

scenario(
  'security 6 trunks: a REGISTER that is challenged for another realm gets no credentials',
  { ends: [], ...OFFICE, cast: [] },
  async ({ itsp, world }) => {
    for (const realm of ['acme.example', 'evil.example']) {
      challenges(itsp, 'REGISTER', 401, realm);
      world.passes(700_000);
    }
    expect(world.network.sent('REGISTER').length).toBeGreaterThan(1);
    expect(credentialsIn(world)).toEqual([]);
    challenges(itsp, 'REGISTER', 401, 'itsp');
    world.passes(700_000);
    expect(credentialsIn(world)).toContain('REGISTER to 192.0.2.70');
  },
);

scenario(
  'security 6 trunks: a stranger who takes over the dialog by its Contact gets our BYE and no credentials',
  { ends: 'callee-hung-up', ...OFFICE },
  async ({ itsp, alice, world }) => {
    const stranger = await Stranger.overUdp(world);
    cameIn(itsp, alice);
    const { call } = itsp;
    // A target refresh, sent from the peer's own address as a forger would, that names the stranger.
    call.request('UPDATE', { headers: [['Contact', `<sip:x@${stranger.at.address}:${stranger.at.port}>`]] });
    world.passes(0);
    itsp.hears(/^\d+ UPDATE$/);
    challenges(itsp, 'BYE', 401, 'acme.example');
    alice.hangsUp();
    alice.hears('200 BYE');
    itsp.expects('BYE');
    world.passes(40_000);
    expect(stranger.hears()).toEqual([]);
    expect(credentialsIn(world)).toEqual([]);
    await stranger.leaves();
  },
);

scenario(
  'security 6 trunks: a challenge that a stranger sends to the switch is no answer to anything',
  { ends: [], ...OFFICE },
  async ({ world }) => {
    const stranger = await Stranger.overUdp(world);
    world.passes(200_000);
    const [register] = world.network.sent('REGISTER');
    const via = /^Via: .*$/m.exec(register?.octets.toString() ?? rawRequest())?.[0] ?? '';
    stranger.says(
      [
        'SIP/2.0 401 Unauthorized',
        via.trim(),
        'From: <sip:74951234567@sip.itsp.example>;tag=a',
        'To: <sip:74951234567@sip.itsp.example>;tag=b',
        'Call-ID: c',
        'CSeq: 1 REGISTER',
        `WWW-Authenticate: ${challenge('itsp')}`,
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
    expect(stranger.hears()).toEqual([]);
    expect(credentialsIn(world)).toEqual([]);
    await stranger.leaves();
  },
);
