import { pause } from '../processes.ts';
import { PLACES, type Scene } from '../studio.ts';
import { asteriskOffice, baresip, kamailioOffice, linphone } from './phones.ts';

export const CALLS: readonly Scene[] = [
  {
    name: 'call-answered',
    play: async (studio) => {
      await asteriskOffice(studio, { stack: 'pjsip' });
      await studio.roll();
      const bob = await linphone(studio, 'bob', { server: PLACES.asterisk });
      await bob.registers();
      const alice = await baresip(studio, 'alice', { server: PLACES.asterisk });
      await alice.registers();
      alice.command('dial', '202');
      await bob.call('IncomingReceived');
      await pause(1_000);
      bob.type('answer');
      await alice.event('CALL_ESTABLISHED');
      await pause(2_000);
      alice.command('hangup');
      await bob.call('End');
    },
  },
  {
    name: 'call-callee-hangs-up',
    play: async (studio) => {
      await kamailioOffice(studio);
      await studio.roll();
      const bob = await baresip(studio, 'bob', { server: PLACES.kamailio });
      await bob.registers();
      const alice = await linphone(studio, 'alice', { server: PLACES.kamailio });
      await alice.registers();
      alice.type('call sip:202@127.0.0.50');
      await bob.event('CALL_INCOMING');
      await pause(1_000);
      bob.command('accept');
      await bob.event('CALL_ESTABLISHED');
      await pause(2_000);
      bob.command('hangup');
      await alice.call('End');
    },
  },
  {
    name: 'busy',
    play: async (studio) => {
      await asteriskOffice(studio, { stack: 'chan_sip' });
      await studio.roll();
      const bob = await baresip(studio, 'bob', { server: PLACES.asterisk });
      const alice = await baresip(studio, 'alice', { server: PLACES.asterisk });
      await bob.registers();
      await alice.registers();
      alice.command('dial', '202');
      await bob.event('CALL_INCOMING');
      await pause(500);
      bob.command('hangup');
      await alice.event('CALL_CLOSED');
    },
  },
  {
    name: 'declined',
    play: async (studio) => {
      await kamailioOffice(studio);
      await studio.roll();
      const bob = await linphone(studio, 'bob', { server: PLACES.kamailio });
      await bob.registers();
      const alice = await baresip(studio, 'alice', { server: PLACES.kamailio });
      await alice.registers();
      alice.command('dial', '202');
      await bob.call('IncomingReceived');
      await pause(500);
      bob.type('terminate');
      await alice.event('CALL_CLOSED');
    },
  },
  {
    name: 'cancelled',
    play: async (studio) => {
      await asteriskOffice(studio, { stack: 'chan_sip' });
      await studio.roll();
      const bob = await linphone(studio, 'bob', { server: PLACES.asterisk });
      await bob.registers();
      const alice = await baresip(studio, 'alice', { server: PLACES.asterisk });
      await alice.registers();
      alice.command('dial', '202');
      await alice.event('CALL_RINGING');
      await pause(1_000);
      alice.command('hangup');
      await bob.call('End');
    },
  },
  {
    name: 'no-answer',
    play: async (studio) => {
      await asteriskOffice(studio, { stack: 'pjsip', ring: 5 });
      await studio.roll();
      const bob = await baresip(studio, 'bob', { server: PLACES.asterisk });
      await bob.registers();
      const alice = await linphone(studio, 'alice', { server: PLACES.asterisk });
      await alice.registers();
      alice.type('call sip:202@127.0.0.40');
      await bob.event('CALL_INCOMING');
      await bob.event('CALL_CLOSED');
    },
  },
  {
    name: 'callee-away',
    play: async (studio) => {
      await asteriskOffice(studio, { stack: 'chan_sip' });
      await studio.roll();
      const alice = await linphone(studio, 'alice', { server: PLACES.asterisk });
      await alice.registers();
      alice.type('call sip:202@127.0.0.40');
      await pause(3_000);
      alice.type('call sip:299@127.0.0.40');
      await pause(3_000);
    },
  },
  {
    name: 'hold-resume-baresip',
    play: async (studio) => {
      await kamailioOffice(studio);
      await studio.roll();
      const bob = await linphone(studio, 'bob', { server: PLACES.kamailio, autoAnswer: true });
      await bob.registers();
      const alice = await baresip(studio, 'alice', { server: PLACES.kamailio });
      await alice.registers();
      alice.command('dial', '202');
      await alice.event('CALL_ESTABLISHED');
      await pause(1_500);
      alice.command('hold');
      await pause(1_500);
      alice.command('resume');
      await pause(1_500);
      alice.command('hangup');
      await bob.call('End');
    },
  },
  {
    name: 'hold-resume-linphone',
    play: async (studio) => {
      await kamailioOffice(studio);
      await studio.roll();
      const bob = await baresip(studio, 'bob', { server: PLACES.kamailio, account: 'answermode=auto' });
      await bob.registers();
      const alice = await linphone(studio, 'alice', { server: PLACES.kamailio });
      await alice.registers();
      alice.type('call sip:202@127.0.0.50');
      await bob.event('CALL_ESTABLISHED');
      await pause(1_500);
      alice.type('pause');
      await pause(1_500);
      alice.type('resume');
      await pause(1_500);
      alice.type('terminate');
      await bob.event('CALL_CLOSED');
    },
  },
  {
    name: 'dtmf-rfc4733',
    play: async (studio) => {
      await asteriskOffice(studio, { stack: 'chan_sip' });
      await studio.roll();
      const bob = await linphone(studio, 'bob', { server: PLACES.asterisk, autoAnswer: true });
      await bob.registers();
      const alice = await baresip(studio, 'alice', { server: PLACES.asterisk });
      await alice.registers();
      alice.command('dial', '202');
      await alice.event('CALL_ESTABLISHED');
      await pause(1_000);
      for (const key of ['1', '9', '#']) {
        alice.command('sndcode', key);
        await pause(400);
        alice.command('sndcode', '\u0004'); // baresip's word for "key up"
        await pause(400);
      }
      alice.command('hangup');
      await bob.call('End');
    },
  },
  {
    name: 'dtmf-info-linphone',
    play: async (studio) => {
      await asteriskOffice(studio, { stack: 'chan_sip', peer: 'dtmfmode=info' });
      await studio.roll();
      const bob = await baresip(studio, 'bob', { server: PLACES.asterisk, account: 'answermode=auto' });
      await bob.registers();
      const alice = await linphone(studio, 'alice', { server: PLACES.asterisk, keysByInfo: true });
      await alice.registers();
      alice.type('call sip:202@127.0.0.40');
      await bob.event('CALL_ESTABLISHED');
      await pause(1_000);
      alice.type('5');
      await pause(1_500);
      alice.type('terminate');
      await bob.event('CALL_CLOSED');
    },
  },
  {
    name: 'tcp-register-call',
    play: async (studio) => {
      await kamailioOffice(studio);
      await studio.roll();
      const bob = await baresip(studio, 'bob', {
        server: PLACES.kamailio,
        transport: 'tcp',
        account: 'answermode=auto',
      });
      await bob.registers();
      const alice = await linphone(studio, 'alice', { server: PLACES.kamailio, transport: 'tcp' });
      await alice.registers();
      alice.type('call sip:202@127.0.0.50');
      await bob.event('CALL_ESTABLISHED');
      await pause(2_000);
      alice.type('terminate');
      await bob.event('CALL_CLOSED');
      await alice.quit();
    },
  },
  {
    name: 'ipv6-register-call',
    play: async (studio) => {
      await kamailioOffice(studio, PLACES.kamailio6);
      await studio.roll();
      const server = PLACES.kamailio6;
      const bob = await baresip(studio, 'bob', {
        server,
        at: { address: '::1', port: 5062 },
        account: 'answermode=auto',
      });
      await bob.registers();
      const alice = await baresip(studio, 'alice', { server, at: { address: '::1', port: 5064 } });
      await alice.registers();
      alice.command('dial', '202');
      await alice.event('CALL_ESTABLISHED');
      await pause(2_000);
      alice.command('hangup');
      await bob.event('CALL_CLOSED');
    },
  },
  {
    name: 'message',
    play: async (studio) => {
      await kamailioOffice(studio);
      await studio.roll();
      const bob = await linphone(studio, 'bob', { server: PLACES.kamailio });
      await bob.registers();
      const alice = await linphone(studio, 'alice', { server: PLACES.kamailio });
      await alice.registers();
      alice.type('chat sip:202@127.0.0.50 Привет, Bob');
      await pause(2_500);
    },
  },
];
