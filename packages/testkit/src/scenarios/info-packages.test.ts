import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { end, talk } from './acts.ts';

describe('Info Packages', () => {
  scenario(
    'RFC 6086 §4.2.1: each leg is told what the other takes; those pass, others are 469 with what is taken (RFC 6086 §5.2, §7.2)',
    { ends: 'caller-hung-up' },
    ({ alice, bob }) => {
      alice.invites(bob, { headers: [['Recv-Info', 'g.floor, g.poll;x=1']] });
      const invite = bob.expects('INVITE');
      expect(invite.list('Recv-Info')).toEqual(['g.floor', 'g.poll']);
      bob.answers({ headers: [['Recv-Info', 'conf']] });
      expect(alice.hears('200 INVITE').list('Recv-Info')).toEqual(['conf']);
      bob.expects('ACK');
      alice.sends('INFO', {
        headers: [
          ['Info-Package', 'Conf'],
          ['Content-Type', 'text/x'],
          ['Content-Disposition', 'Info-Package'],
        ],
        body: 'a',
      });
      const info = bob.expects('INFO');
      expect([info.value('Info-Package'), info.value('Content-Disposition'), info.body.toString()]).toEqual([
        'Conf',
        'Info-Package',
        'a',
      ]);
      alice.hears('200 INFO');
      bob.sends('INFO', { headers: [['Info-Package', 'g.poll']] });
      alice.expects('INFO');
      bob.hears('200 INFO');
      bob.sends('INFO', { headers: [['Info-Package', 'conf']] });
      expect(bob.hears('469 INFO').list('Recv-Info')).toEqual(['g.floor', 'g.poll']);
      alice.hearsNothing();
      end(alice, bob);
    },
  );

  scenario(
    'RFC 6086 §4.2.2: without Recv-Info no package is taken, and an INFO without one passes as it always did',
    { ends: 'caller-hung-up' },
    ({ alice, bob }) => {
      alice.invites(bob);
      expect(bob.expects('INVITE').value('Recv-Info')).toBeUndefined();
      bob.answers();
      expect(alice.hears('200 INVITE').value('Recv-Info')).toBeUndefined();
      bob.expects('ACK');
      alice.sends('INFO', { headers: [['Info-Package', 'conf']] });
      expect(alice.hears('469 INFO').value('Recv-Info')).toBe('');
      bob.hearsNothing();
      alice.sends('INFO', {
        headers: [['Content-Type', 'application/media_control+xml']],
        body: '<picture_fast_update/>',
      });
      bob.expects('INFO');
      alice.hears('200 INFO');
      end(alice, bob);
    },
  );

  scenario(
    'RFC 6665 §4.5.2: a subscription has no place in the dialog of a call',
    { ends: 'caller-hung-up' },
    ({ alice, bob }) => {
      talk(alice, bob);
      alice.sends('SUBSCRIBE', { headers: [['Event', 'dialog']] });
      alice.hears('403 SUBSCRIBE');
      alice.sends('OPTIONS');
      const ok = alice.hears('200 OPTIONS');
      expect([ok.value('Allow-Events'), ok.value('Accept')]).toEqual([
        'dialog, message-summary, presence, reg',
        'application/sdp',
      ]);
      expect(ok.value('Allow')).toContain('SUBSCRIBE');
      end(alice, bob);
    },
  );
});
