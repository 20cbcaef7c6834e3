import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Asterisk } from '../asterisk.ts';
import { pause } from '../processes.ts';
import { receive, SIPP_SDP, scenario, send, sipp } from '../sipp.ts';
import { PASSWORDS, PLACES, type Scene, type Studio } from '../studio.ts';
import { MALFORMED } from './malformed.ts';
import { asteriskOffice, baresip, kamailioOffice } from './phones.ts';

const SIPSAK_AT = '127.0.0.64';
/** SIPp throws away every second one of these, as they come or go. */
const LOST = 'lost="50"';
const CREDENTIALS = ['[authentication]'];

/** Shoots with sipsak, whose own verdict on the answer does not matter here. */
async function sipsak(studio: Studio, ...args: readonly string[]): Promise<void> {
  const place = ['--local-ip', SIPSAK_AT, '-H', SIPSAK_AT, '-l', '5060', '-S', '--timer-t1', '100', '-D', '2'];
  await studio.processes.finish('sipsak', 'sipsak', ['-vvv', ...place, ...args], { mayFail: true });
}

/** REGISTER and INVITE, each challenged with `challenge` first, up to the 200 to INVITE. */
function registerAndInvite(challenge: 401 | 407, body: string, lost = ''): string[] {
  return [
    send({ method: 'REGISTER', cseq: 1, headers: ['Expires: 120'] }),
    receive(401, 'auth="true"'),
    send({ method: 'REGISTER', cseq: 2, headers: ['Expires: 120', ...CREDENTIALS] }),
    receive(200),
    send({ method: 'INVITE', cseq: 3, body }),
    receive(challenge, 'auth="true" rrs="true"'),
    send({ method: 'ACK', cseq: 3, toTag: true, attributes: '' }),
    send({ method: 'INVITE', cseq: 4, body, headers: CREDENTIALS, attributes: `retrans="500" ${lost}` }),
    receive(100, 'optional="true"'),
    receive(180, 'optional="true"'),
    receive(200, `rrs="true" ${lost}`),
  ];
}

/** An Asterisk that is a customer's PBX: it registers at Kamailio as carol and takes the calls to her number. */
async function asteriskTrunk(studio: Studio, general: string): Promise<Asterisk> {
  const registrar = PLACES.kamailio.address;
  const asterisk = await Asterisk.start(studio.processes, {
    at: PLACES.asterisk,
    stack: 'chan_sip',
    general: `register => carol:${PASSWORDS.carol}@${registrar}/carol\n${general}`,
    peers: [
      '[trunk]\ntype=friend\ninsecure=port,invite\nqualify=yes\ncontext=office',
      `host=${registrar}\nusername=carol\nsecret=${PASSWORDS.carol}\nfromuser=carol\nfromdomain=${registrar}`,
    ].join('\n'),
    dialplan: [
      ...['carol', 's'].map((name) => `exten => ${name},1,Answer()\n same => n,Echo()`),
      'exten => keys,1,Answer()\n same => n,Wait(1)\n same => n,SendDTMF(19#,500)\n same => n,Wait(1)',
    ].join('\n'),
  });
  await pause(1_000);
  return asterisk;
}

export const TOOLS: readonly Scene[] = [
  {
    name: 'options-sipsak',
    play: async (studio) => {
      await kamailioOffice(studio);
      await studio.roll();
      await sipsak(studio, '-s', 'sip:127.0.0.50');
      await sipsak(studio, '-s', 'sip:299@127.0.0.50');
    },
  },
  {
    name: 'malformed',
    play: async (studio) => {
      await kamailioOffice(studio);
      const folder = join(studio.processes.scratch, 'messages');
      mkdirSync(folder, { recursive: true });
      await studio.roll();
      for (const [i, message] of MALFORMED.entries()) {
        const file = join(folder, `${i}.sip`);
        writeFileSync(file, message, 'latin1');
        await sipsak(studio, '-i', '-L', '-f', file, '-s', 'sip:127.0.0.50');
      }
    },
  },
  {
    name: 'random-sipsak',
    play: async (studio) => {
      await kamailioOffice(studio);
      await studio.roll();
      for (const damage of ['1', '3', '6', '12', '25', '50']) {
        await sipsak(studio, '-R', '-t', damage, '-s', 'sip:127.0.0.50');
      }
    },
  },
  {
    name: 'late-offer-sipp',
    play: async (studio) => {
      await kamailioOffice(studio);
      await studio.roll();
      const bob = await baresip(studio, 'bob', { server: PLACES.kamailio, account: 'answermode=auto' });
      await bob.registers();
      await sipp(studio.processes, 'sipp', {
        at: PLACES.carol,
        server: PLACES.kamailio,
        user: 'carol',
        password: PASSWORDS.carol,
        scenario: scenario(
          ...registerAndInvite(407, ''),
          send({
            method: 'ACK',
            cseq: 4,
            toTag: true,
            target: '[next_url]',
            headers: ['[routes]'],
            body: SIPP_SDP,
            attributes: '',
          }),
          '<pause milliseconds="1000"/>\n',
          send({ method: 'BYE', cseq: 5, toTag: true, target: '[next_url]', headers: ['[routes]'] }),
          receive(200),
        ),
      });
    },
  },
  {
    name: 'lossy-sipp',
    play: async (studio) => {
      await asteriskOffice(studio, { stack: 'chan_sip' });
      await studio.roll();
      const bob = await baresip(studio, 'bob', { server: PLACES.asterisk, account: 'answermode=auto' });
      await bob.registers();
      await sipp(studio.processes, 'sipp', {
        at: PLACES.carol,
        server: PLACES.asterisk,
        user: 'carol',
        password: PASSWORDS.carol,
        scenario: scenario(
          ...registerAndInvite(401, SIPP_SDP, LOST),
          send({ method: 'ACK', cseq: 4, toTag: true, target: '[next_url]', attributes: LOST }),
          '<pause milliseconds="3000"/>\n',
          send({ method: 'BYE', cseq: 5, toTag: true, target: '[next_url]' }),
          receive(200, LOST),
        ),
      });
    },
  },
  {
    name: 'asterisk-trunk',
    play: async (studio) => {
      await kamailioOffice(studio);
      await studio.roll();
      const bob = await baresip(studio, 'bob', { server: PLACES.kamailio, account: 'answermode=auto' });
      await bob.registers();
      const asterisk = await asteriskTrunk(studio, 'useragent=FPBX-13.0(16.28.0)');
      await asterisk.console('channel originate SIP/trunk/202 extension s@office');
      await bob.event('CALL_ESTABLISHED');
      await pause(1_000);
      await asterisk.console('channel request hangup all');
      await bob.event('CALL_CLOSED');
      await pause(500);
      bob.command('dial', '203');
      await bob.event('CALL_ESTABLISHED', 2);
      await pause(1_000);
      bob.command('hangup');
      await pause(300);
    },
  },
  {
    name: 'dtmf-info',
    play: async (studio) => {
      await kamailioOffice(studio);
      await studio.roll();
      const bob = await baresip(studio, 'bob', { server: PLACES.kamailio, account: 'answermode=auto' });
      await bob.registers();
      const asterisk = await asteriskTrunk(studio, 'dtmfmode=info');
      await asterisk.console('channel originate SIP/trunk/202 extension keys@office');
      await bob.event('CALL_CLOSED');
      await pause(300);
    },
  },
  {
    name: 'subscribe-mwi',
    keep: { messages: 12 },
    play: async (studio) => {
      await kamailioOffice(studio);
      await studio.roll();
      const alice = await baresip(studio, 'alice', {
        server: PLACES.kamailio,
        modules: ['mwi.so'],
        account: 'mwi=yes',
      });
      await alice.registers();
    },
  },
];
