import type { Domain } from '@vats/pbx';
import { FakeDns } from '@vats/sip/testing';
import { describe, expect } from 'vitest';
import { SYSTEMS } from '../cast.ts';
import { scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { COMPANY, pbxUser } from './company.ts';

const COMPANY_OF = { pbx: COMPANY, users: pbxUser() };

const BY_NAPTR = `
trunks:
  - name: pool
    proxy: sip:pool.example
    domain: sip.tcp.example
    register: { login: "74951234567", password: s3cretpass }
outbound:
  - { match: "+7*", trunk: pool }
`;

/** The domain prefers TCP, and has servers on UDP too. */
function preferringTcp(): FakeDns {
  const dns = new FakeDns();
  const naptr = { order: 10, flags: 's', regexp: '' };
  dns.records.set('NAPTR pool.example', [
    { ...naptr, preference: 20, service: 'SIP+D2U', replacement: '_sip._udp.pool.example' },
    { ...naptr, preference: 10, service: 'SIP+D2T', replacement: '_sip._tcp.pool.example' },
  ]);
  const server = { priority: 10, weight: 1, port: 5060 };
  dns.records.set('SRV _sip._tcp.pool.example', [{ ...server, target: 'tcp.pool.example' }]);
  dns.records.set('SRV _sip._udp.pool.example', [{ ...server, target: 'udp.pool.example' }]);
  dns.records.set('A tcp.pool.example', [SYSTEMS.tcpItsp.local.address]);
  dns.records.set('A udp.pool.example', [SYSTEMS.itsp.local.address]);
  return dns;
}

function statusOf(world: World) {
  const [domain] = world.running.model.directory.model.domains as readonly Domain[];
  return world.running.trunks.of(domain?.id ?? '', 'pool')?.status();
}

describe('the way to a trunk', () => {
  scenario(
    'RFC 3608 §6.1: calls set out with the Service-Route of its registrar, to the server that we are registered at',
    { ends: 'callee-busy', ...COMPANY_OF },
    ({ alice, itsp, world }) => {
      const routes = ['<sip:edge.itsp.example;lr>', '<sip:core.itsp.example;lr>'];
      world.trunks.routes.set('itsp', routes);
      alice.invites('+79031234567');
      const invite = itsp.expects('INVITE');
      expect(invite.list('Route')).toEqual(routes);
      expect(invite.requestUriText).toBe('sip:79031234567@sip.itsp.example');
      itsp.refuses(486);
      itsp.expects('ACK');
      alice.hears('486 INVITE');
    },
  );

  scenario(
    'RFC 3263 §4.1: by NAPTR: the transport that its domain prefers',
    { ends: 'callee-busy', cast: ['alice'], ownTrunks: true, dns: preferringTcp(), pbx: BY_NAPTR },
    async ({ alice, tcpItsp, world }) => {
      world.passes(1_000);
      await world.written();
      expect(statusOf(world)).toMatchObject({ state: 'registered', transport: 'tcp' });
      alice.invites('+79031234567');
      expect(tcpItsp.expects('INVITE').value('Via')).toMatch(/^SIP\/2\.0\/TCP /);
      tcpItsp.refuses(486);
      tcpItsp.expects('ACK');
      alice.hears('486 INVITE');
    },
  );

  scenario(
    'RFC 3263 §4.3: the transport that it prefers takes no connection: the call goes by the other one',
    { ends: 'callee-busy', cast: ['alice'], ownTrunks: true, dns: preferringTcp(), pbx: BY_NAPTR },
    async ({ alice, itsp, world }) => {
      world.passes(1_000);
      await world.written();
      world.network.breakStreams(SYSTEMS.tcpItsp.local.address);
      world.network.refuse(SYSTEMS.tcpItsp.local);
      world.passes(5_000);
      expect(statusOf(world)).toMatchObject({ state: 'registered', transport: 'udp' });
      alice.invites('+79031234567');
      itsp.refuses(486);
      itsp.expects('ACK');
      alice.hears('486 INVITE');
    },
  );

  scenario(
    'RFC 3263 §4.3: a connection that breaks in the middle of a call is made anew for what is to be said',
    { ends: 'caller-hung-up', cast: ['alice'], ownTrunks: true, dns: preferringTcp(), pbx: BY_NAPTR },
    async ({ alice, tcpItsp, world }) => {
      world.passes(1_000);
      await world.written();
      alice.invites('+79031234567');
      tcpItsp.answers();
      alice.hears('200 INVITE');
      tcpItsp.expects('ACK');
      world.network.breakStreams(SYSTEMS.tcpItsp.local.address);
      world.passes(0);
      alice.hangsUp();
      alice.hears('200 BYE');
      tcpItsp.expects('BYE');
    },
  );
});
