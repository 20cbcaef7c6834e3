import { setTimeout as wait } from 'node:timers/promises';
import { formatEndpoint } from '@vats/kernel';
import { expect } from 'vitest';
import { Asterisk } from './asterisk.ts';
import { accountsAt } from './asterisk-operator.ts';
import { Baresip } from './baresip.ts';
import { Capture } from './capture.ts';
import { nameServer } from './dnsmasq.ts';
import { expectTone } from './judge.ts';
import { ANNA, pbxFile } from './office.ts';
import { LOGIN, NUMBER } from './operator-line.ts';
import { ownAddress } from './own-address.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { Switch } from './switch.ts';

const LINE = { password: 's3cret', least: 60, most: 300, expires: '180s' };
const TONE = { anna: 420, chan_sip: 500, chan_pjsip: 600 };
const ADDRESS = { chan_sip: ownAddress(66), chan_pjsip: ownAddress(67) };
/** Numbers that each operator is too busy for: it says 503. */
const TOO_MUCH = { chan_sip: '7916', chan_pjsip: '7903' };
const DNS = ownAddress(68);
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

type Operators = Readonly<Record<Operator, Asterisk>>;

async function bothOperators(scene: Scene): Promise<Operators> {
  const [chan_sip, chan_pjsip] = await Promise.all([operatorOf(scene, 'chan_sip'), operatorOf(scene, 'chan_pjsip')]);
  return { chan_sip, chan_pjsip };
}

const ACCOUNT = { register: { login: LOGIN, password: LINE.password, expires: LINE.expires }, numbers: { send: '7' } };

/** @param more trunks and rules */
function office(more: Readonly<Record<string, unknown>>): string {
  return pbxFile({ accounts: [ANNA], more: { numbers: [{ number: NUMBER, to: ANNA.extension }], ...more } });
}

/** Anna calls, and the operator's dialplan and she hear each other. */
async function talks(vats: Switch, anna: Baresip, number: string, operators: Operators, by: Operator): Promise<void> {
  await anna.dial(number);
  await anna.event('CALL_ESTABLISHED', 8_000);
  await wait(2_000);
  await anna.hangUp();
  await anna.event('CALL_CLOSED');
  await vats.idle();
  await expectTone(anna.heard().at(-1) as string, TONE[by], { from: 0.4, length: 1 });
  await expectTone(`${operators[by].folder}/sound/heard.wav`, TONE.anna, { from: 0.4, length: 1 });
}

/** Calls for which an operator was too busy. */
function overloaded(operator: Asterisk): number {
  return operator.said(/NOTICE\[.*congestion/).length;
}

scenario(
  'Asterisk as an operator challenges our INVITE, and its 503 sends the call to the reserve: chan_sip to chan_pjsip and back',
  { needs: ['asterisk', 'baresip', 'sox', 'tshark', 'dumpcap', 'root'] },
  async (scene) => {
    const operators = await bothOperators(scene);
    const { chan_sip, chan_pjsip } = operators;
    const names = ['chan_sip', 'chan_pjsip'] as const;
    // Each operator is the other one's reserve.
    const pbx = office({
      trunks: names.map((name) => ({ name, proxy: `sip:${formatEndpoint(operators[name].sip)}`, ...ACCOUNT })),
      outbound: names.map((name, i) => ({
        ...{ match: `+${TOO_MUCH[name]}*`, callerId: NUMBER },
        ...{ trunk: name, reserve: [names[1 - i]] },
      })),
    });
    const vats = await Switch.start(scene, { pbx });
    const wire = await Capture.start(scene, {
      filter: `host ${vats.sip.address}`,
      sipPorts: [vats.sip.port, chan_sip.sip.port, chan_pjsip.sip.port],
    });
    const anna = await Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: TONE.anna });
    await Promise.all([anna.registered(), ...names.map((name) => vats.trunkIs(name, 'registered'))]);

    await talks(vats, anna, '89161112233', operators, 'chan_pjsip');
    expect(overloaded(chan_sip)).toBe(1);
    // It is passed over for a minute.
    await talks(vats, anna, '89161112234', operators, 'chan_pjsip');
    expect(overloaded(chan_sip)).toBe(1);
    // And tried all the same when nothing else is left.
    await talks(vats, anna, '89031112233', operators, 'chan_sip');
    expect(overloaded(chan_pjsip)).toBe(1);

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
  },
);

scenario(
  'two Asterisks are the servers of one trunk by SRV: a call goes on to the second when the first says 503, and when it is silent',
  { needs: ['asterisk', 'baresip', 'sox', 'dnsmasq', 'unshare', 'root'] },
  async (scene) => {
    const operators = await bothOperators(scene);
    const { chan_sip, chan_pjsip } = operators;
    const place = await nameServer(scene, DNS, 'pool.example', [
      { ...chan_sip.sip, priority: 10 },
      { ...chan_pjsip.sip, priority: 20 },
    ]);
    const pbx = office({
      trunks: [{ name: 'pool', proxy: 'sip:pool.example', ...ACCOUNT }],
      outbound: [{ match: '+7*', trunk: 'pool', callerId: NUMBER }],
    });
    const vats = await Switch.start(scene, { pbx, place });
    const anna = await Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: TONE.anna });
    await Promise.all([anna.registered(), vats.trunkIs('pool', 'registered')]);

    await talks(vats, anna, '89161112233', operators, 'chan_pjsip');
    expect(overloaded(chan_sip)).toBe(1);
    // Another line of the same servers, which nobody has spoken ill of: the first one says nothing for 4 s.
    await vats.apply(pbx.replace(LINE.expires, '120s'));
    await vats.trunkIs('pool', 'registered');
    chan_sip.signal('SIGSTOP');
    await talks(vats, anna, '89051112233', operators, 'chan_pjsip');
    chan_sip.signal('SIGCONT');
    const [first, second] = await vats.history();
    const failed = (status: number) => ({ trunk: 'pool', failure: 'trunk-failed', status });
    expect(first).toMatchObject({ legs: [{ leg: 'a' }, failed(503), { trunk: 'pool' }], result: 'answered' });
    expect(second).toMatchObject({ legs: [{ leg: 'a' }, failed(408), { trunk: 'pool' }], result: 'answered' });
    expect(second?.waitMs).toBeGreaterThanOrEqual(4_000);
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
