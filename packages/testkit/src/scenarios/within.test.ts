import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { end, talk } from './acts.ts';

describe('requests between the legs', () => {
  scenario(
    'INFO goes through, in both directions, with its body and its answer',
    { ends: 'caller-hung-up' },
    ({ alice, bob }) => {
      talk(alice, bob);
      const digit = 'Signal=5\r\nDuration=160\r\n';
      alice.sends('INFO', { headers: [['Content-Type', 'application/dtmf-relay']], body: digit });
      const info = bob.expects('INFO');
      expect([info.body.toString(), info.value('Content-Type')]).toEqual([digit, 'application/dtmf-relay']);
      alice.hears('200 INFO');
      alice.manners.replies.INFO = 415;
      bob.sends('INFO', { headers: [['Content-Type', 'text/odd']], body: 'x' });
      alice.expects('INFO');
      bob.hears('415 INFO');
      end(alice, bob);
    },
  );

  scenario('MESSAGE goes through', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    talk(alice, bob);
    bob.sends('MESSAGE', { headers: [['Content-Type', 'text/plain']], body: 'привет' });
    expect(alice.expects('MESSAGE').body.toString()).toBe('привет');
    bob.hears('200 MESSAGE');
    end(alice, bob);
  });

  scenario('OPTIONS within the call is answered here', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    talk(alice, bob);
    alice.sends('OPTIONS');
    alice.hears('200 OPTIONS');
    bob.hearsNothing();
    end(alice, bob);
  });

  scenario(
    'a phone that answers an INFO with 481 has lost the call (RFC 3261 §12.2.1.2)',
    { ends: 'leg-lost' },
    ({ alice, bob }) => {
      talk(alice, bob);
      bob.manners.replies.INFO = 481;
      alice.sends('INFO');
      bob.expects('INFO');
      alice.hears('481 INFO');
      bob.expects('BYE');
      alice.expects('BYE');
    },
  );

  scenario('a lower CSeq is refused with 500 (RFC 3261 §12.2.2)', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    talk(alice, bob);
    alice.sends('INFO');
    bob.expects('INFO');
    alice.hears('200 INFO');
    alice.sends('INFO', { cseq: 1 });
    alice.hears('500 INFO');
    end(alice, bob);
  });

  scenario(
    'a stranger cannot end a call',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol }) => {
      talk(alice, bob);
      const { call } = alice;
      const tags = { from: `<sip:201@acme.example>;tag=guess`, to: `<sip:202@acme.example>;tag=guess` };
      carol.phone.wire.request({
        method: 'BYE',
        uri: call.remoteTarget,
        to: carol.phone.settings.server,
        headers: [
          ['From', tags.from],
          ['To', tags.to],
          ['Call-ID', call.callId],
          ['CSeq', '99 BYE'],
        ],
      });
      carol.hears('481 BYE');
      end(alice, bob);
    },
  );
});
