import type { Domain } from '@vats/pbx';
import { FakeDns } from '@vats/sip/testing';
import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { SWITCH } from '../cast.ts';
import { scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { connect, end, refuse } from './acts.ts';

const FIRST = '192.0.2.70';
const SECOND = '192.0.2.71';
const REGISTERED = 'register: { login: "74951234567", password: s3cretpass, realm: itsp }';

/** One trunk whose name has two servers, and one in reserve. */
const company = (proxy: string, keys = '') => `
trunks:
  - { name: pool, proxy: "${proxy}", domain: sip.itsp.example, ${keys} }
  - { name: reserve, proxy: "sip:192.0.2.80:5060" }
outbound:
  - { match: "+7*", trunk: pool, reserve: [reserve], callerId: "+74951234567" }
numbers:
  - { number: "+74951234567", to: "201" }
`;

/** The first server by its priority. */
function bySrv(): FakeDns {
  const dns = new FakeDns();
  dns.records.set('SRV _sip._udp.pool.example', [
    { priority: 10, weight: 1, port: 5060, target: 'one.pool.example' },
    { priority: 20, weight: 1, port: 5060, target: 'two.pool.example' },
  ]);
  dns.records.set('A one.pool.example', [FIRST]);
  dns.records.set('A two.pool.example', [SECOND]);
  return dns;
}

/** Several addresses of one name, in the DNS's order. */
function byAddresses(): FakeDns {
  const dns = new FakeDns();
  dns.records.set('A pool.example', [FIRST, SECOND]);
  return dns;
}

const PLAY = { ownTrunks: true, cast: ['alice'] } as const;

/** What the trunk's line says of its servers. */
function serversOf(world: World): readonly (readonly [string, boolean])[] {
  const [domain] = world.running.model.directory.model.domains as readonly Domain[];
  const { servers = [] } = world.running.trunks.of(domain?.id ?? '', 'pool')?.status() ?? {};
  return servers.map(({ endpoint, failing }) => [endpoint, failing] as const);
}

function talkThrough(alice: Actor, server: Actor): void {
  connect(alice, server);
  end(alice, server);
}

describe('the servers of one trunk', () => {
  for (const [records, dns, proxy] of [
    ['SRV records', bySrv, 'sip:pool.example'],
    ['addresses of a name', byAddresses, 'sip:pool.example:5060'],
  ] as const) {
    scenario(
      `are tried one after the other when the first says 503 (${records}); for a minute calls begin with the second`,
      { ...PLAY, ends: ['caller-hung-up', 'caller-hung-up', 'caller-hung-up'], pbx: company(proxy), dns: dns() },
      ({ alice, itsp, reserve, world }) => {
        const [first, second] = serversOf(world).map(([endpoint]) => endpoint.split(':')[0]) as [string, string];
        const byAddress = new Map([
          [FIRST, itsp],
          [SECOND, reserve],
        ]);
        const [one, two] = [byAddress.get(first) as Actor, byAddress.get(second) as Actor];
        if (dns === bySrv) expect([first, second]).toEqual([FIRST, SECOND]);
        world.passes(5_000);
        alice.invites('+79031234567');
        one.refuses(503);
        const { requestUri } = one.expects('ACK');
        talkThrough(alice, two);
        expect(requestUri.ok && requestUri.value.toString()).toBe('sip:+79031234567@sip.itsp.example');
        // It is one way, tried at two servers: both legs name the trunk, and the reserve was not touched.
        expect(legsOf(world)).toEqual(['pool', 'pool']);
        expect(serversOf(world)).toEqual([
          [`${second}:5060`, false],
          [`${first}:5060`, true],
        ]);
        // That it answers OPTIONS meanwhile says nothing of calls.
        const asked = world.network.sent('OPTIONS').length;
        world.passes(59_000);
        expect(world.network.sent('OPTIONS').length).toBeGreaterThan(asked);
        alice.invites('+79031234567');
        talkThrough(alice, two);
        world.passes(1_000);
        alice.invites('+79031234567');
        talkThrough(alice, one);
      },
    );
  }

  scenario(
    'are tried one after the other when the first is silent for 4 s, with credentials for the second as well',
    { ...PLAY, ends: 'caller-hung-up', pbx: company('sip:pool.example', REGISTERED), dns: bySrv() },
    ({ alice, reserve, world }) => {
      world.network.vanish(FIRST);
      alice.invites('+79031234567');
      world.passes(3_999);
      reserve.hearsNothing();
      world.passes(1);
      const challenge = 'Digest realm="itsp", nonce="n1", algorithm=MD5, qop="auth"';
      refuse(reserve, 407, { headers: [['Proxy-Authenticate', challenge]] });
      talkThrough(alice, reserve);
      const isProof = (octets: Buffer): boolean => octets.includes('Proxy-Authorization');
      const ours = world.network.sent('INVITE').filter(({ from }) => from.address === SWITCH.address);
      expect(new Set(ours.map(({ to }) => to.address))).toEqual(new Set([FIRST, SECOND]));
      expect(ours.filter(({ octets }) => isProof(octets)).map(({ to }) => to.address)).toEqual([SECOND]);
    },
  );

  scenario(
    'are all given up before the reserve is tried',
    { ...PLAY, ends: 'caller-hung-up', pbx: company('sip:pool.example'), dns: bySrv() },
    ({ alice, itsp, reserve, pbx, world }) => {
      alice.invites('+79031234567');
      refuse(itsp, 503);
      pbx.hearsNothing();
      refuse(reserve, 503);
      talkThrough(alice, pbx);
      expect(legsOf(world)).toEqual(['pool', 'pool', 'reserve']);
    },
  );

  scenario(
    'that were passed over are tried when nothing else is left, and taken at their word',
    {
      ...PLAY,
      ends: ['caller-hung-up', 'caller-hung-up', 'trunk-failed'],
      pbx: company('sip:pool.example'),
      dns: bySrv(),
    },
    ({ alice, itsp, reserve, pbx, world }) => {
      alice.invites('+79031234567');
      refuse(itsp, 503);
      talkThrough(alice, reserve);
      world.passes(1_000);
      // The second one fails now, and so does the other trunk: the first may be there again.
      alice.invites('+79031234567');
      refuse(reserve, 503);
      itsp.hearsNothing();
      refuse(pbx, 503);
      talkThrough(alice, itsp);
      expect(legsOf(world)).toEqual(['pool', 'pool', 'pool', 'reserve', 'pool']);
      world.passes(1_000);
      // The one that took a call comes first again; what else was passed over is asked once.
      alice.invites('+79031234567');
      refuse(itsp, 503);
      refuse(pbx, 503);
      refuse(reserve, 503);
      alice.hears('503 INVITE');
      expect(legsOf(world).slice(5)).toEqual(['pool', 'reserve', 'pool']);
    },
  );

  scenario(
    'that were passed over change nothing of what the others said, and are not asked where the trunk has refused',
    {
      ...PLAY,
      ends: ['caller-hung-up', 'trunk-refused', 'trunk-refused'],
      pbx: company('sip:pool.example'),
      dns: bySrv(),
    },
    ({ alice, itsp, reserve, pbx, world }) => {
      alice.invites('+79031234567');
      refuse(itsp, 503);
      talkThrough(alice, reserve);
      world.passes(1_000);
      alice.invites('+79031234567');
      refuse(reserve, 503);
      refuse(pbx, 403);
      refuse(itsp, 503);
      alice.hears('403 INVITE');
      world.passes(1_000);
      expect(legsOf(world)).toEqual(['pool', 'pool', 'pool', 'reserve', 'pool']);
      // All of the pool is passed over now: the reserve comes first, and its refusal is no reason to pass it over.
      alice.invites('+79031234567');
      refuse(pbx, 403);
      refuse(itsp, 403);
      alice.hears('403 INVITE');
      reserve.hearsNothing();
    },
  );

  scenario(
    'are not asked twice what one of them has said of the number',
    { ...PLAY, ends: 'callee-busy', pbx: company('sip:pool.example'), dns: bySrv() },
    ({ alice, itsp, reserve }) => {
      alice.invites('+79031234567');
      refuse(itsp, 486);
      alice.hears('486 INVITE');
      reserve.hearsNothing();
    },
  );

  scenario(
    'may call in, each of them',
    { ...PLAY, ends: ['callee-busy', 'callee-busy'], pbx: company('sip:pool.example'), dns: bySrv() },
    ({ alice, itsp, reserve }) => {
      for (const server of [itsp, reserve]) {
        server.invites('+74951234567');
        refuse(alice, 486);
        server.hears('486 INVITE');
      }
    },
  );
});

function legsOf(world: World): readonly (string | undefined)[] {
  return world.events.flatMap((event) => (event.type === 'leg.started' && 'trunk' in event ? [event.trunk] : []));
}
