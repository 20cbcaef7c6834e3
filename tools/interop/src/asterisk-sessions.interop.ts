import { describe, expect } from 'vitest';
import { Asterisk } from './asterisk.ts';
import { accountsAt } from './asterisk-operator.ts';
import { Baresip } from './baresip.ts';
import { Capture } from './capture.ts';
import { ANNA } from './office.ts';
import { LOGIN, officeAt, SUBSCRIBER, talkAndJudge } from './operator-line.ts';
import { ownAddress } from './own-address.ts';
import { scenario } from './scenario.ts';
import { Switch } from './switch.ts';

const PASSWORD = 's3cret';
const OPERATOR = ownAddress(74);

const DIALPLAN = `[general]
static=yes
[lines]
exten => ${SUBSCRIBER.login},1,Dial(PJSIP/${SUBSCRIBER.login},30)
[subscribers]
exten => ${LOGIN},1,Dial(PJSIP/${LOGIN},30,b(called^s^1))
[called]
exten => s,1,Set(PJSIP_HEADER(add,P-Called-Party-ID)=<sip:${LOGIN}@sip.itsp.example>)
 same => n,Return()
`;

/** What Wireshark finds in a capture: how many such messages. */
async function count(wire: Capture, filter: string): Promise<number> {
  return (await wire.rows(filter, ['frame.number'])).length;
}

describe.concurrent('Asterisk’s chan_pjsip as an operator whose line', () => {
  for (const timers of ['yes', 'required', 'always'] as const) {
    scenario(
      `has timers=${timers} and 100rel=required: calls both ways are heard, and each has its PRACK and its timer`,
      { needs: ['asterisk', 'baresip', 'sox', 'dumpcap', 'tshark'], seconds: 120 },
      async (scene) => {
        const operator = await Asterisk.start(scene, {
          address: OPERATOR,
          driver: 'chan_pjsip',
          files: (sip) => {
            const { pjsip = '', ...rest } = accountsAt('chan_pjsip', sip, {
              password: PASSWORD,
              least: 60,
              most: 3600,
            });
            const asked = `timers=${timers}\ntimers_min_se=90\ntimers_sess_expires=120\n100rel=required\n`;
            const line = `[${LOGIN}]\ntype=endpoint\n`;
            return { ...rest, pjsip: pjsip.replace(line, `${line}${asked}`), extensions: DIALPLAN };
          },
        });
        const vats = await Switch.start(scene, { pbx: officeAt(operator.sip, PASSWORD, operator.sip.address) });
        await vats.trunkIs('itsp', 'registered');
        const [anna, outside] = await Promise.all([
          Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: 420 }),
          Baresip.start(scene, { ...SUBSCRIBER, switch: operator.sip, tone: 600 }),
        ]);
        await Promise.all([anna.registered(), outside.registered()]);
        const sipPorts = [vats.sip.port, operator.sip.port];
        const filter = `udp port ${vats.sip.port} and udp port ${operator.sip.port}`;
        const wire = await Capture.start(scene, { filter, sipPorts });
        await talkAndJudge(vats, outside, anna, LOGIN);
        await talkAndJudge(vats, anna, outside, '89161112233');
        await vats.idle();
        await wire.stop();
        const [theirs, ours] = [operator.sip.port, vats.sip.port].map((port) => `udp.srcport == ${port}`);
        expect(await count(wire, `${theirs} && sip.Method == "PRACK"`)).toBeGreaterThan(0);
        expect(await count(wire, `${ours} && sip.Method == "PRACK"`)).toBeGreaterThan(0);
        // Of both 200s, whoever gave it.
        const agreed = 'sip.Status-Code == 200 && sip.CSeq.method == "INVITE" && sip.Session-Expires';
        expect(await count(wire, `${ours} && ${agreed}`)).toBeGreaterThan(0);
        expect(await count(wire, `${theirs} && ${agreed}`)).toBeGreaterThan(0);
      },
    );
  }
});
