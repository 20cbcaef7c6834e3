import { formatEndpoint } from '@vats/kernel';
import { describe, expect } from 'vitest';
import { Asterisk } from './asterisk.ts';
import { Capture } from './capture.ts';
import { ANNA, pbxFile } from './office.ts';
import { ownAddress } from './own-address.ts';
import { freePorts } from './ports.ts';
import { scenario } from './scenario.ts';
import { ownScenario, Sipp } from './sipp.ts';
import { Stranger } from './stranger.ts';
import { Switch } from './switch.ts';

/** Our number, which sends calls on; where to; who calls; who was called first. */
const [NUMBER, MOBILE, BOSS, FIRST] = ['+74951234567', '+79161234567', '+78121234567', '+78120000001'] as const;
const OPERATOR = ownAddress(90);
const [CALLING, CALLED] = [ownAddress(91), ownAddress(92)];

/** The office, whose number is sent on by `out`. */
const officeOf = (trunks: readonly object[], out: string): string =>
  pbxFile({
    accounts: [ANNA],
    more: {
      trunks,
      numbers: [{ number: NUMBER, to: MOBILE }],
      outbound: [{ match: '+7*', trunk: out, callerId: NUMBER }],
    },
  });

/**
 * A dialplan that calls us, as its globals say: who, whether hidden, and from whom the call was sent on. What it reads of the call that comes back
 * goes into its log.
 */
const DIALPLAN = `[general]
static=yes
[calls]
exten => s,1,Set(CALLERID(num)=\${WHO})
 same => n,Set(CALLERID(name)=Boss)
 same => n,Set(CALLERID(pres)=\${HOW})
 same => n,GotoIf($["\${FROM}" = "nobody"]?dial)
 same => n,Set(REDIRECTING(from-num)=\${FROM})
 same => n,Set(REDIRECTING(reason)=cfnr)
 same => n,Set(REDIRECTING(count)=1)
 same => n(dial),Dial(PJSIP/${NUMBER}@vats,20)
[back]
exten => _[+]X.,1,Goto(told,s,1)
exten => _X.,1,Goto(told,s,1)
[told]
exten => s,1,Log(NOTICE,told caller=\${CALLERID(num)} pres=\${CALLERID(pres)} from=\${REDIRECTING(from-num)} first=\${REDIRECTING(orig-num)} reason=\${REDIRECTING(reason)} count=\${REDIRECTING(count)})
 same => n,Hangup(17)
`;

/** An Asterisk that trusts us and is trusted: all that chan_pjsip knows of identity headers is on. */
function pjsip(asterisk: string, vats: string, vatsAddress: string): string {
  return `[here]
type=transport
protocol=udp
bind=${asterisk}
[vats]
type=endpoint
transport=here
context=back
aors=vats
direct_media=no
disallow=all
allow=alaw
from_user=operator
send_pai=yes
send_rpid=yes
send_diversion=yes
trust_id_inbound=yes
trust_id_outbound=yes
[vats]
type=aor
contact=sip:${vats}
[vats]
type=identify
endpoint=vats
match=${vatsAddress}
`;
}

describe('Asterisk, chan_pjsip, as an operator', () => {
  scenario(
    'that is trusted: who it asserts is who calls, whom it hides is hidden, and a call that is sent on tells it from where',
    { needs: ['asterisk', 'tshark', 'dumpcap', 'root'] },
    async (scene) => {
      const asterisk = await Asterisk.start(scene, {
        address: OPERATOR,
        driver: 'chan_pjsip',
        files: (sip) => ({ pjsip: pjsip(formatEndpoint(sip), '127.0.0.1:9', '127.0.0.1'), extensions: DIALPLAN }),
      });
      const trunk = {
        name: 'operator',
        proxy: `sip:${formatEndpoint(asterisk.sip)}`,
        identity: { trust: true, send: ['p-asserted-identity', 'remote-party-id'], forwarded: ['diversion'] },
      };
      const vats = await Switch.start(scene, { pbx: officeOf([trunk], 'operator') });
      asterisk.configure({ pjsip: pjsip(formatEndpoint(asterisk.sip), formatEndpoint(vats.sip), vats.sip.address) });
      await asterisk.rx('module reload res_pjsip.so');
      await asterisk.rx('module reload res_pjsip_endpoint_identifier_ip.so');
      const wire = await Capture.start(scene, {
        filter: `host ${vats.sip.address} and udp`,
        sipPorts: [vats.sip.port, asterisk.sip.port],
      });
      const calls = async (who: string, how: string, from: string): Promise<string> => {
        for (const [name, value] of Object.entries({ WHO: who, HOW: how, FROM: from })) {
          await asterisk.rx(`dialplan set global ${name} ${value}`);
        }
        await asterisk.rx('channel originate Local/s@calls application Wait 5');
        const [line] = await asterisk.says(/told caller=.*/, 8_000);
        await vats.idle();
        return line;
      };
      const OURS = /caller=\+74951234567 pres=allowed\S* from=\+74951234567 .*reason=cfu count=1/;
      for (const [how, from] of [
        ['allowed', FIRST],
        ['prohib', 'nobody'],
      ] as const) {
        expect(await calls(BOSS, how, from)).toMatch(OURS);
      }
      const history = await vats.history();
      expect(history.map(({ from }) => from.number)).toEqual([BOSS, 'anonymous']);
      await vats.apply(officeOf([{ ...trunk, identity: { ...trunk.identity, trust: false } }], 'operator'));
      expect(await calls(BOSS, 'allowed', FIRST)).toMatch(OURS);
      const last = (await vats.history()).at(-1);
      // From alone, which names the trunk's account.
      expect(last?.from).toMatchObject({ number: 'anonymous', raw: 'operator' });
      await wire.stop();
      const ofInvites = async (address: string): Promise<string[]> =>
        (await wire.rows(`sip.Method == INVITE && ip.src == ${address}`, ['sip.msg_hdr'])).map(([text = '']) => text);
      for (const text of await ofInvites(OPERATOR)) expect(text).toContain(`P-Asserted-Identity: "Boss" <sip:${BOSS}@`);
      // Whom it said to have sent the call on before goes back to it while it is trusted.
      const before = (await ofInvites(vats.sip.address)).map((text) => /Diversion: <sip:\+7812\S*/.exec(text)?.[0]);
      const said = `Diversion: <sip:${FIRST}@${asterisk.sip.address}>;reason=no-answer;counter=1;privacy=off`;
      expect(before.map((text) => text?.startsWith(said))).toEqual([true, undefined, undefined]);
    },
  );
});

describe('SIPp between two trunks', () => {
  const log = (names: readonly (readonly [string, number])[]): string =>
    names
      .map(
        ([name, at], i) =>
          `<ereg regexp=".*" search_in="hdr" header="${name}:" occurrence="${at}" assign_to="v${i}"/><log message="${name} ${at}:[$v${i}]"/>`,
      )
      .join('\n');

  const TOLD = [
    ['From', 1],
    ['P-Asserted-Identity', 1],
    ['Remote-Party-ID', 1],
    ['Privacy', 1],
    ['Diversion', 1],
    ['Diversion', 2],
    ['History-Info', 1],
    ['History-Info', 2],
    ['History-Info', 3],
  ] as const;

  for (const [title, privacy, told] of [
    [
      'the exact values that a call which is sent on has',
      'none',
      {
        From: `<sip:${BOSS.slice(1)}@sip.out.example>`,
        'P-Asserted-Identity': `<sip:${NUMBER.slice(1)}@sip.out.example>`,
        'Remote-Party-ID': `<sip:${NUMBER.slice(1)}@sip.out.example>;party=calling;screen=yes;privacy=off`,
        Privacy: '',
      },
    ],
    [
      'and one whose caller hides',
      'id;critical',
      {
        From: '"Anonymous" <sip:anonymous@anonymous.invalid>',
        'P-Asserted-Identity': `<sip:${NUMBER.slice(1)}@sip.out.example>`,
        'Remote-Party-ID': `<sip:${NUMBER.slice(1)}@sip.out.example>;party=calling;screen=yes;privacy=full`,
        Privacy: 'id',
      },
    ],
  ] as const) {
    scenario(title, { needs: ['sipp', 'tshark', 'dumpcap', 'root'] }, async (scene) => {
      const [calling, called] = [
        { address: CALLING, port: await freePorts(1, CALLING) },
        { address: CALLED, port: await freePorts(1, CALLED) },
      ];
      const trunks = [
        { name: 'in', proxy: `sip:${formatEndpoint(calling)}`, identity: { trust: true } },
        {
          ...{ name: 'out', proxy: `sip:${formatEndpoint(called)}`, domain: 'sip.out.example', numbers: { send: '7' } },
          identity: {
            send: ['p-asserted-identity', 'remote-party-id'],
            forwarded: ['diversion', 'history-info'],
            forwardedCaller: 'original',
          },
        },
      ];
      const vats = await Switch.start(scene, { pbx: officeOf(trunks, 'out') });
      const wire = await Capture.start(scene, {
        filter: `host ${vats.sip.address} and udp`,
        sipPorts: [vats.sip.port, calling.port, called.port],
      });
      const uas = (await ownScenario('uas')).replace(
        /(<recv request="INVITE" crlf="true">)\s*(<\/recv>)/,
        `$1<action>${log(TOLD)}</action>$2`,
      );
      const more = [
        `P-Asserted-Identity: "Boss" <sip:${BOSS}@in.example>`,
        `Privacy: ${privacy}`,
        `Diversion: <sip:${FIRST}@in.example>;reason=no-answer`,
      ];
      const uac = (await ownScenario('uac')).replace(
        'Max-Forwards: 70',
        [...more, 'Max-Forwards: 70'].join('\n      '),
      );
      // SIPp's uas takes an OPTIONS for a call that never goes on. The next question comes in a minute.
      const keeper = await Stranger.open(scene, called.address, called.port);
      await keeper.answers('OPTIONS');
      await keeper.close();
      const own = { target: vats.sip } as const;
      const phone = await Sipp.start(scene, { ...own, scenario: { own: 'uas', edited: uas }, local: called, calls: 1 });
      const operator = await Sipp.start(scene, {
        ...own,
        ...{ scenario: { own: 'uac', edited: uac }, local: calling, dials: NUMBER, calls: 1, hold: 200 },
      });
      expect(await operator.finished(30_000)).toMatchObject({ code: 0, successful: 1, failed: 0 });
      await phone.finished(15_000);
      const said = Object.fromEntries(
        phone.said().flatMap((line) => {
          const [, name, value] = /^(\S+ \d):\s*(.*?)\s*$/.exec(line) ?? [];
          return name === undefined ? [] : [[name, value?.replace(/;tag=.*/, '')]];
        }),
      );
      for (const [name, value] of Object.entries(told)) expect(said[`${name} 1`] ?? '', name).toBe(value);
      expect(said).toMatchObject({
        'Diversion 1': '<sip:74951234567@sip.out.example>;reason=unconditional;counter=1;privacy=off',
        'Diversion 2': '<sip:78120000001@sip.out.example>;reason=no-answer;counter=1;privacy=off',
        'History-Info 1': '<sip:78120000001@sip.out.example>;index=1',
        'History-Info 2': '<sip:74951234567@sip.out.example;cause=408>;index=1.1;mp=1',
        'History-Info 3': '<sip:79161234567@sip.out.example;cause=302>;index=1.1.1;mp=1.1',
      });
      await vats.idle();
      await wire.stop();
    });
  }
});
