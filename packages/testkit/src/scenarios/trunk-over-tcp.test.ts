import type { Domain } from '@vats/pbx';
import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { end } from './acts.ts';

const COMPANY = `
trunks:
  - name: tcp
    proxy: sip:192.0.2.72:5060
    domain: sip.tcp.example
    register: { login: "74951234567", password: s3cretpass }
    transport: tcp
    numbers: { from: [request-uri, diversion] }
numbers:
  - { number: "+74951234567", to: "201" }
outbound:
  - { match: "+7*", trunk: tcp }
`;
const OFFICE = { ownTrunks: true, cast: ['alice'], pbx: COMPANY } as const;

describe('a trunk over TCP', () => {
  scenario(
    'carries the registration, calls out and calls in, all over one connection of ours',
    { ends: ['caller-hung-up', 'callee-busy'], ...OFFICE },
    ({ alice, tcpItsp, world }) => {
      const [domain] = world.running.model.directory.model.domains as readonly Domain[];
      const line = world.running.trunks.of(domain?.id ?? '', 'tcp');
      expect(line?.status()).toMatchObject({ state: 'registered', transport: 'tcp' });
      alice.invites('+79031234567');
      const invite = tcpItsp.expects('INVITE');
      expect(invite.value('Via')).toMatch(/^SIP\/2\.0\/TCP /);
      expect(invite.value('Contact')).toMatch(/;transport=tcp>/);
      tcpItsp.answers();
      tcpItsp.expects('ACK');
      alice.hears('200 INVITE');
      end(alice, tcpItsp);
      tcpItsp.invites(line?.contactUser ?? '', { headers: [['Diversion', '<sip:74951234567@sip.tcp.example>']] });
      alice.refuses(486);
      alice.expects('ACK');
      tcpItsp.hears('486 INVITE');
      expect(world.ledger.counts().connections).toBe(1);
    },
  );
});
