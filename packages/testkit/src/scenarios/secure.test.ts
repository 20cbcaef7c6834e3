import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { secureSettings } from '../world.ts';
import { end, talk } from './acts.ts';
import { joins } from './secure-acts.ts';

const settings = secureSettings();

describe('TLS and WebSockets', () => {
  scenario(
    'RFC 7118 §5: a phone on TLS and one on a WebSocket call each other, over the flows that they registered on (RFC 7118 §5.2, §8)',
    { ends: ['caller-hung-up', 'caller-hung-up'], cast: [], settings },
    async ({ world }) => {
      const anna = await joins(world, 'alice', 'TLS');
      const boris = await joins(world, 'bob', 'WS');
      const rows = world.running.registrar.registrations().map(({ binding }) => binding.flow.transport);
      expect(rows).toEqual(['tls', 'ws']);
      anna.invites(boris);
      const invite = boris.expects('INVITE');
      expect(invite.requestUriText).toBe('sip:bobby@df7jal23ls0d.invalid:5060;transport=ws');
      expect(invite.value('Via')).toMatch(/^SIP\/2\.0\/WS 198\.51\.100\.1:8080;/);
      expect(invite.value('Contact')).toMatch(/^<sip:[^>]*@198\.51\.100\.1:8080;transport=ws>$/);
      boris.call.respond(200);
      world.passes(0);
      const answer = anna.hears('200 INVITE');
      expect(answer.value('Contact')).toMatch(/^<sip:[^>]*@198\.51\.100\.1:5061;transport=tls>$/);
      boris.expects('ACK');
      end(anna, boris);
      talk(boris, anna);
      end(boris, anna);
    },
  );

  scenario(
    'the switch restarts: phones on TLS and WebSockets are unreachable until they are back',
    { ends: ['unreachable', 'unreachable', 'caller-hung-up'], cast: ['carol'], settings },
    async ({ carol, world }) => {
      const anna = await joins(world, 'alice', 'TLS');
      await joins(world, 'bob', 'WS');
      await world.stop();
      await world.start();
      await carol.registers();
      for (const number of ['201', '202']) {
        carol.invites(number);
        carol.hears('480 INVITE');
      }
      await anna.registers();
      talk(carol, anna);
      end(carol, anna);
    },
  );

  scenario(
    'RFC 5630 §5.1.1, §5.1.2: a call to a sips URI rings phones on TLS alone, and our Contact in it is a sips URI',
    { ends: ['caller-hung-up', 'unreachable'], cast: ['bob'], settings },
    async ({ bob, world }) => {
      const anna = await joins(world, 'alice', 'TLS');
      const boris = await joins(world, 'bob', 'TLS');
      anna.invites('sips:202@acme.example');
      boris.answers();
      const answer = anna.hears('200 INVITE');
      expect(answer.value('Contact')).toMatch(/^<sips:[^>]*@198\.51\.100\.1:5061>$/);
      boris.expects('ACK');
      end(anna, boris);
      // Bob's other phone is there all the time, on UDP.
      await boris.registers({ expires: 0 });
      anna.invites('sips:202@acme.example');
      anna.hears('480 INVITE');
      expect(bob.phone.inbox.requests).toEqual([]);
    },
  );

  scenario(
    'RFC 3261 §26.2.2: what came by UDP to a sips URI is not put through as if nobody could have read it (RFC 3261 §20.43)',
    { ends: [], cast: ['alice', 'bob'], settings },
    ({ alice }) => {
      alice.invites('sips:202@acme.example');
      const refused = alice.hears('403 INVITE');
      expect(refused.value('Warning')).toContain('TLS alone');
    },
  );

  scenario(
    'a browser that offers DTLS-SRTP is refused with the reason, which it may show',
    { ends: 'srtp-unusable', cast: ['bob'], settings },
    async ({ world }) => {
      const anna = await joins(world, 'alice', 'WS');
      const lines = ['v=0', 'o=- 1 1 IN IP4 192.0.2.110', 's=-', 'c=IN IP4 192.0.2.110', 't=0 0'];
      const dtls = ['m=audio 9 UDP/TLS/RTP/SAVPF 111 8', 'a=setup:actpass', 'a=fingerprint:sha-256 AB', 'a=rtcp-mux'];
      anna.invites('202', { sdp: `${[...lines, ...dtls].join('\r\n')}\r\n` });
      const refused = anna.hears('488 INVITE');
      expect(refused.value('Warning')).toContain('DTLS-SRTP is not served');
    },
  );
});
