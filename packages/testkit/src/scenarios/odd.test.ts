import { describe, expect } from 'vitest';
import { readSdp } from '../phone/sdp-text.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from './acts.ts';

describe('phones that do what they should not', () => {
  scenario('an answer without SDP', { ends: 'no-common-codec' }, ({ alice, bob }) => {
    alice.invites(bob);
    bob.answers({ sdp: null });
    bob.expects('ACK', 'BYE');
    alice.hears('488 INVITE');
  });

  scenario('an answer that takes no stream', { ends: 'no-common-codec' }, ({ alice, bob }) => {
    alice.invites(bob);
    bob.answers({ sdp: bob.phone.sdp({ port: 0 }) });
    bob.expects('ACK', 'BYE');
    alice.hears('488 INVITE');
  });

  scenario('an answer that is no SDP', { ends: 'no-common-codec' }, ({ alice, bob }) => {
    alice.invites(bob);
    bob.answers({ sdp: 'hello\r\n' });
    bob.expects('ACK', 'BYE');
    alice.hears('488 INVITE');
  });

  scenario('an offer that is no SDP', { ends: 'offer-refused' }, ({ alice }) => {
    alice.invites('202', { sdp: 'v=1\r\nnonsense\r\n' });
    alice.hears(/4../);
  });

  scenario(
    'a phone asks us for credentials: it gets none (ES2021-05)',
    { ends: 'unreachable' },
    ({ alice, bob, world }) => {
      alice.invites(bob);
      const challenge = 'Digest realm="acme.example", nonce="abc", algorithm=MD5';
      bob.refuses(407, { headers: [['Proxy-Authenticate', challenge]] });
      bob.expects('ACK');
      alice.hears('480 INVITE');
      expect(world.network.sent('INVITE').filter(({ to }) => to.address === '192.0.2.20')).toHaveLength(1);
    },
  );

  scenario(
    'a phone sends the caller elsewhere: not followed (RFC 3261 §13.2.2.2)',
    { ends: 'unreachable' },
    ({ alice, bob }) => {
      alice.invites(bob);
      bob.refuses(302, { headers: [['Contact', '<sip:evil@203.0.113.66>']] });
      bob.expects('ACK');
      const answer = alice.hears(480);
      expect(answer.has('Contact')).toBe(false);
    },
  );

  scenario(
    'a phone hangs up before the caller has acknowledged: the BYE waits for the ACK (RFC 3261 §15)',
    { ends: 'callee-hung-up' },
    ({ alice, bob }) => {
      alice.manners.acknowledges = false;
      alice.invites(bob);
      bob.answers();
      bob.expects('ACK');
      alice.hears('200 INVITE');
      bob.hangsUp();
      bob.hears('200 BYE');
      alice.hearsNothing();
      alice.acknowledges();
      alice.expects('BYE');
    },
  );

  scenario('and when the ACK never comes the BYE goes without', { ends: 'callee-hung-up' }, ({ alice, bob, world }) => {
    alice.manners.acknowledges = false;
    alice.invites(bob);
    bob.answers();
    bob.expects('ACK');
    alice.hears('200 INVITE');
    bob.hangsUp();
    bob.hears('200 BYE');
    world.passes(32_100);
    alice.expects('BYE');
  });

  scenario(
    'a caller hangs up without acknowledging (RFC 5407 §3.1.6)',
    { ends: 'caller-hung-up' },
    ({ alice, bob }) => {
      alice.manners.acknowledges = false;
      alice.invites(bob);
      bob.answers();
      bob.expects('ACK');
      alice.hears('200 INVITE');
      end(alice, bob);
    },
  );

  scenario('a callee holds before the caller has acknowledged', { ends: 'caller-hung-up' }, ({ alice, bob, world }) => {
    alice.manners.acknowledges = false;
    alice.invites(bob);
    bob.answers();
    bob.expects('ACK');
    alice.hears('200 INVITE');
    bob.holds();
    alice.hearsNothing();
    alice.acknowledges();
    world.passes(100);
    alice.answers();
    bob.hears('200 INVITE');
    alice.expects('ACK');
    end(alice, bob);
  });

  scenario(
    'a phone that is asked for an offer within the call and makes none',
    { ends: 'caller-hung-up' },
    ({ alice, bob }) => {
      talk(alice, bob);
      alice.reinvites({ sdp: null });
      bob.answers({ sdp: null });
      bob.expects('ACK');
      alice.hears('488 INVITE');
      end(alice, bob);
    },
  );

  scenario(
    'a phone that is asked for an offer and says what it said before',
    { ends: 'caller-hung-up' },
    ({ alice, bob }) => {
      talk(alice, bob);
      alice.reinvites({ sdp: null });
      bob.answers({ sdp: bob.call.localSdp ?? null });
      alice.hears('200 INVITE');
      expect(readSdp(bob.expects('ACK').body.toString()).codecs).toContain('8 PCMA/8000');
      end(alice, bob);
    },
  );

  scenario('a phone that is asked for an offer and says nonsense', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    talk(alice, bob);
    alice.reinvites({ sdp: null });
    bob.answers({ sdp: 'v=0\r\nnonsense\r\n' });
    expect(bob.expects('ACK').body.toString()).toMatch(/^v=0/);
    alice.hears('488 INVITE');
    end(alice, bob);
  });

  scenario(
    'a hold is taken back when the other side has accepted it: it is told again what holds',
    { ends: 'caller-hung-up' },
    ({ alice, bob }) => {
      talk(alice, bob);
      bob.holds();
      alice.expects('INVITE');
      bob.cancels();
      bob.hears('200 CANCEL', '487 INVITE');
      alice.answers();
      alice.expects('ACK', 'INVITE');
      alice.answers();
      alice.expects('ACK');
      expect(readSdp(alice.call.remoteSdp ?? '').direction).toBe('sendrecv');
      end(alice, bob);
    },
  );

  scenario(
    'the wish for an offer is taken back when the offer was made',
    { ends: 'caller-hung-up' },
    ({ alice, bob }) => {
      talk(alice, bob);
      alice.reinvites({ sdp: null });
      bob.expects('INVITE');
      alice.cancels();
      alice.hears('200 CANCEL', '487 INVITE');
      bob.answers();
      expect(readSdp(bob.expects('ACK').body.toString()).codecs).toContain('8 PCMA/8000');
      end(alice, bob);
    },
  );

  scenario('a phone that answers a hold without SDP', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    talk(alice, bob);
    alice.holds();
    bob.answers({ sdp: null });
    bob.expects('ACK');
    alice.hears('200 INVITE');
    end(alice, bob);
  });

  scenario('an INVITE within a call that is over', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    talk(alice, bob);
    end(alice, bob);
    alice.holds();
    alice.hears('481 INVITE');
  });

  scenario('a BYE twice, under two transactions', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    talk(alice, bob);
    end(alice, bob);
    alice.hangsUp();
    alice.hears('481 BYE');
  });

  scenario(
    'the caller asks for an offer and answers nothing',
    { ends: 'answer-not-acknowledged' },
    ({ alice, bob, world }) => {
      alice.manners.acknowledges = false;
      alice.invites(bob, { sdp: null });
      bob.answers();
      alice.hears('200 INVITE');
      world.passes(32_100);
      alice.expects('BYE');
      bob.expects('ACK', 'BYE');
    },
  );
});
