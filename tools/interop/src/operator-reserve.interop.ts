import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { Asterisk } from './asterisk.ts';
import { accountsAt } from './asterisk-operator.ts';
import { Baresip } from './baresip.ts';
import { Capture } from './capture.ts';
import { expectTone } from './judge.ts';
import { ANNA, pbxFile } from './office.ts';
import { LOGIN, NUMBER } from './operator-line.ts';
import { ownAddress } from './own-address.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { Switch } from './switch.ts';

const LINE = { password: 's3cret', least: 60, most: 300 };
const TONE = { anna: 420, chan_sip: 500, chan_pjsip: 600 };
const ADDRESS = { chan_sip: ownAddress(66), chan_pjsip: ownAddress(67) };
/** Numbers that each operator is too busy for: it says 503. */
const TOO_MUCH = { chan_sip: '7916', chan_pjsip: '7903' };
const OVERLOADED = 'switching equipment congestion (Q.850 cause 42)';

type Operator = keyof typeof ADDRESS;

async function operatorOf(scene: Scene, driver: Operator): Promise<Asterisk> {
  const operator = await Asterisk.start(scene, {
    address: ADDRESS[driver],
    driver,
    files: (sip) => soonStale(accountsAt(driver, sip, LINE)),
  });
  operator.configure({
    extensions: `[general]
static=yes
[lines]
exten => _${TOO_MUCH[driver]}.,1,Log(NOTICE,${OVERLOADED})
 same => n,Hangup(42)
exten => _X.,1,Answer()
 same => n,MixMonitor(${operator.folder}/sound/both.wav,r(${operator.folder}/sound/heard.wav))
 same => n,PlayTones(${TONE[driver]})
 same => n,Wait(60)
`,
  });
  await operator.rx('dialplan reload');
  return operator;
}

/** A nonce of its challenges is good for a second. */
function soonStale(files: Readonly<Record<string, string>>): Record<string, string> {
  const changed = (text: string): string =>
    text.replaceAll('auth_type=userpass', 'auth_type=userpass\nnonce_lifetime=1');
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [name, changed(text)]));
}

/** Each operator is the other one's reserve. */
function office(operators: Readonly<Record<Operator, Asterisk>>): string {
  const names = ['chan_sip', 'chan_pjsip'] as const;
  return pbxFile({
    accounts: [ANNA],
    more: {
      trunks: names.map((name) => ({
        name,
        proxy: `sip:${operators[name].sip.address}:${operators[name].sip.port}`,
        register: { login: LOGIN, password: LINE.password },
        numbers: { send: '7' },
      })),
      numbers: [{ number: NUMBER, to: ANNA.extension }],
      outbound: names.map((name, i) => ({
        match: `+${TOO_MUCH[name]}*`,
        trunk: name,
        reserve: [names[1 - i]],
        callerId: NUMBER,
      })),
    },
  });
}

scenario(
  'Asterisk as an operator challenges our INVITE, and its 503 sends the call to the reserve: chan_sip to chan_pjsip and back',
  { needs: ['asterisk', 'baresip', 'sox', 'tshark', 'dumpcap', 'root'] },
  async (scene) => {
    const [chan_sip, chan_pjsip] = await Promise.all([operatorOf(scene, 'chan_sip'), operatorOf(scene, 'chan_pjsip')]);
    const operators = { chan_sip, chan_pjsip };
    const vats = await Switch.start(scene, { pbx: office(operators) });
    const wire = await Capture.start(scene, {
      filter: `host ${vats.sip.address}`,
      sipPorts: [vats.sip.port, chan_sip.sip.port, chan_pjsip.sip.port],
    });
    const anna = await Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: TONE.anna });
    await Promise.all([
      anna.registered(),
      vats.trunkIs('chan_sip', 'registered'),
      vats.trunkIs('chan_pjsip', 'registered'),
    ]);

    /** Anna calls, and the operator's dialplan and she hear each other. */
    const talks = async (number: string, by: Operator): Promise<void> => {
      await anna.dial(number);
      await anna.event('CALL_ESTABLISHED');
      await wait(2_000);
      await anna.hangUp();
      await anna.event('CALL_CLOSED');
      await vats.idle();
      await expectTone(anna.heard().at(-1) as string, TONE[by], { from: 0.4, length: 1 });
      await expectTone(`${operators[by].folder}/sound/heard.wav`, TONE.anna, { from: 0.4, length: 1 });
    };
    const overloaded = (name: Operator): number => operators[name].said(/NOTICE\[.*congestion/).length;

    await talks('89161112233', 'chan_pjsip');
    expect(overloaded('chan_sip')).toBe(1);
    // It is passed over for a minute.
    await talks('89161112234', 'chan_pjsip');
    expect(overloaded('chan_sip')).toBe(1);
    // And tried all the same when nothing else is left.
    await talks('89031112233', 'chan_sip');
    expect(overloaded('chan_pjsip')).toBe(1);

    await anna.stop();
    await wire.stop();
    // chan_sip takes no nonce twice, and this chan_pjsip none that is older than a second: each call is challenged at least by one.
    expect(await answersOf(wire, chan_sip)).toEqual(['401', '503', '401', '200']);
    const answers = await answersOf(wire, chan_pjsip);
    expect(answers).toContain('401');
    expect(answers.filter((status) => status !== '401')).toEqual(['200', '200', '503']);
    const byReserve = [
      { leg: 'a' },
      { trunk: 'chan_sip', failure: 'trunk-failed', status: 503 },
      { trunk: 'chan_pjsip' },
    ];
    const [first, second, third] = await vats.history();
    expect(first).toMatchObject({ trunk: 'chan_pjsip', result: 'answered', legs: byReserve });
    expect(second).toMatchObject({ trunk: 'chan_pjsip', legs: [{ leg: 'a' }, { trunk: 'chan_pjsip' }] });
    expect(third).toMatchObject({ trunk: 'chan_sip', result: 'answered' });
    expect(await wire.malformed()).toEqual([]);
  },
);

/** Final answers of one operator to our INVITEs, in order. Every INVITE had our login's digest: the challenge to the REGISTER is known. */
async function answersOf(wire: Capture, { sip }: Asterisk): Promise<string[]> {
  const fields = ['sip.Call-ID', 'sip.CSeq', 'sip.Status-Code', 'sip.auth.username'];
  const rows = await wire.rows(`sip.CSeq.method == "INVITE" && ip.addr == ${sip.address}`, fields);
  const invites = rows.filter(([, , status]) => status === '');
  for (const [, , , login] of invites) expect(login).toBe(`"${LOGIN}"`);
  const finals = rows.filter(([, , status]) => Number(status) >= 200);
  return [...new Map(finals.map(([call, sequence, status]) => [`${call} ${sequence}`, status as string])).values()];
}
