import { writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { Capture } from './capture.ts';
import { counted } from './counted.ts';
import { eventually } from './deadline.ts';
import { credentials, readChallenge } from './digest-client.ts';
import { Kamailio } from './kamailio.ts';
import { ANNA, BORIS, pbxFile } from './office.ts';
import { ownAddress } from './own-address.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { Stranger, strangersRequest } from './stranger.ts';
import { Switch } from './switch.ts';

const HEADER = 'X-Client-Address';
const IN_GERMANY = '127.0.0.77';
const IN_RUSSIA = '127.0.0.78';
/** A private address without a country, on the switch's own side. */
const OFFICE = ownAddress(52);
const PROXY = ownAddress(49);

interface Stage {
  readonly vats: Switch;
  readonly proxy: Kamailio;
}

/** A switch that believes one proxy. */
function guarded(scene: Scene, more: Readonly<Record<string, unknown>> = {}): Promise<Switch> {
  const overrides = { [`${IN_GERMANY}/32`]: 'DE', [`${IN_RUSSIA}/32`]: 'RU' };
  return Switch.start(scene, {
    pbx: pbxFile({ access: 'russia' }),
    settings: { access: { proxies: { [PROXY]: HEADER }, geo: { overrides }, ...more } },
  });
}

/** That switch, and a Kamailio at the proxy's address that is set up as docs/security.md says. */
async function stage(scene: Scene): Promise<Stage> {
  const vats = await guarded(scene);
  const { address, port } = vats.sip;
  const proxy = await Kamailio.start(scene, {
    address: PROXY,
    modules: ['tm', 'tmx', 'sl', 'rr', 'pv', 'maxfwd', 'siputils', 'textops', 'path'],
    parameters: ['"rr", "append_fromtag", 0'],
    script: `request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if ($si != "${address}") {
    remove_hf("${HEADER}");
    append_hf("${HEADER}: $si:$sp;transport=$proto\\r\\n");
  }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (has_totag()) {
    if (loose_route() || (is_method("ACK") && t_check_trans())) t_relay();
    else if (!is_method("ACK")) sl_send_reply("404", "Not here");
    exit;
  }
  # To a phone, by its Path. Where the only Route is Kamailio's own, loose_route() takes it away and says false.
  if ($si == "${address}") {
    loose_route();
    record_route();
    t_relay();
    exit;
  }
  force_rport();
  if (is_method("REGISTER")) add_path();
  else record_route();
  $du = "sip:${address}:${port}";
  t_relay();
}`,
  });
  return { vats, proxy };
}

function question(from: Stranger, target: Switch['sip'], method: string, more: readonly string[], callId = 'question') {
  const { local } = from;
  return strangersRequest({ method, name: 'anna', domain: 'office.example', callId, local, target, more });
}

/** The header as one could write it so that somebody reads it. */
const SPELLINGS = [
  `X-Client-Address: ${IN_RUSSIA}`,
  `x-client-address: ${IN_RUSSIA}`,
  `X-CLIENT-ADDRESS:${IN_RUSSIA}`,
  `X-Client-Address : ${IN_RUSSIA}`,
  `X-Client-Address\t:\t${IN_RUSSIA}`,
  `X-Client-Address:\r\n ${IN_RUSSIA}`,
  `X-Client-Address:\r\n\t${IN_RUSSIA}\r\n `,
  `X-Client-Address: [${IN_RUSSIA}]`,
  `X-Client-Address: ${IN_RUSSIA}, ${IN_RUSSIA}`,
  `X-Client-Address: ${IN_RUSSIA}\r\nX-Client-Address: ${IN_RUSSIA}`,
];

describe('behind a Kamailio', () => {
  scenario(
    'a phone in Russia registers through it, calls and is called; one in Germany hears nothing',
    { needs: ['kamailio', 'baresip', 'tshark', 'dumpcap', 'root'], seconds: 180 },
    async (scene) => {
      const { vats, proxy } = await stage(scene);
      const wire = await Capture.start(scene, {
        filter: `udp and host ${PROXY}`,
        sipPorts: [vats.sip.port, proxy.sip.port],
      });
      const boris = await Baresip.start(scene, { ...BORIS, switch: vats.sip, tone: 600, address: OFFICE });
      await boris.registered();

      const abroad = await Baresip.start(scene, { ...ANNA, switch: proxy.sip, tone: 420, address: IN_GERMANY });
      await counted(vats, 'fenced', 3);
      const stranger = await Stranger.open(scene, IN_GERMANY);
      for (const method of ['OPTIONS', 'INVITE', 'REGISTER']) {
        const { fenced } = (await vats.glance()).access.counters;
        stranger.send(proxy.sip, question(stranger, proxy.sip, method, [], `from-abroad-${method}`));
        await counted(vats, 'fenced', fenced + 1);
      }
      await abroad.kill();
      expect((await vats.registrations()).map(({ login }) => login)).toEqual(['boris']);

      const anna = await Baresip.start(scene, { ...ANNA, switch: proxy.sip, tone: 420, address: IN_RUSSIA });
      await anna.registered();
      const registrations = await vats.registrations();
      expect(registrations.find(({ login }) => login === 'anna')?.source).toBe(`${PROXY}:${proxy.sip.port}`);
      for (const [caller, callee, extension] of [
        [anna, boris, BORIS.extension],
        [boris, anna, ANNA.extension],
      ] as const) {
        for (const ends of ['caller', 'callee'] as const) {
          await caller.dial(extension);
          await callee.event('CALL_INCOMING', 10_000);
          await callee.answer();
          await Promise.all([caller.event('CALL_ESTABLISHED', 10_000), callee.event('CALL_ESTABLISHED', 10_000)]);
          await (ends === 'caller' ? caller : callee).hangUp();
          await Promise.all([caller.event('CALL_CLOSED', 10_000), callee.event('CALL_CLOSED', 10_000)]);
        }
        // Nobody answers: CANCEL goes the same way.
        await caller.dial(extension);
        await callee.event('CALL_INCOMING', 10_000);
        await caller.event('CALL_RINGING', 10_000);
        await caller.hangUp();
        await Promise.all([caller.event('CALL_CLOSED', 10_000), callee.event('CALL_CLOSED', 10_000)]);
      }

      // Where accounts are used from is where the client is, not where the proxy is.
      const file = scene.path('office.yaml');
      writeFileSync(file, pbxFile({ access: 'russia' }));
      const places = await vats.command('explain', 'policy', file);
      expect(places).toMatch(new RegExp(`^in +anna .* ${IN_RUSSIA} +RU `, 'm'));
      expect(places).not.toContain(PROXY);
      const answered = `ip.src == ${PROXY} && ip.dst == ${IN_RUSSIA} && sip.Status-Code == 200 && sip.CSeq.method == "REGISTER"`;
      await eventually('capture', async () => (await wire.rows(answered, ['frame.number'])).length > 0, {
        milliseconds: 20_000,
      });
      await wire.stop();
      // Of the switch; Kamailio itself says 100 Trying to an INVITE, and 408 when nobody answers.
      const abroadHeard = await wire.rows(`ip.dst == ${IN_GERMANY} && sip.Status-Line`, ['sip.Status-Code']);
      expect(abroadHeard.filter(([status]) => status !== '100' && status !== '408')).toEqual([]);
      const toProxy = `ip.src == ${vats.sip.address} && sip.Status-Line && sip.from.user == "anna"`;
      expect((await wire.rows(toProxy, ['sip.Call-ID'])).filter(([id]) => id?.startsWith('from-abroad'))).toEqual([]);
      const around = await wire.rows(`ip.addr == ${vats.sip.address} && ip.addr == ${IN_RUSSIA} && sip`, [
        'sip.Method',
      ]);
      expect(around).toEqual([]);
      await vats.idle();
    },
  );

  scenario(
    'a client that guesses is banned by its own address, and others behind the proxy are heard',
    { needs: ['kamailio'] },
    async (scene) => {
      const { vats, proxy } = await stage(scene);
      const guesser = await Stranger.open(scene, ownAddress(53));
      const resident = await Stranger.open(scene, IN_RUSSIA);
      const uri = `sip:${proxy.sip.address}:${proxy.sip.port}`;
      const register = async (from: Stranger, password: string, id: string) => {
        const challenged = (await from.ask(proxy.sip, question(from, proxy.sip, 'REGISTER', [], `${id}a`))).text;
        const challenge = readChallenge(challenged);
        if (challenge === undefined) throw new Error(challenged);
        const more = [`Authorization: ${credentials(challenge, { login: 'anna', password }, 'REGISTER', uri)}`];
        return (await from.ask(proxy.sip, question(from, proxy.sip, 'REGISTER', more, `${id}b`))).text;
      };
      for (let i = 0; i < 10; i++)
        expect(await register(guesser, `Wrong1Guess${i}`, `g${i}`)).toMatch(/^SIP\/2\.0 401 /);
      expect(await vats.bans()).toMatchObject([{ network: guesser.local.address, by: 'switch' }]);
      const { banned } = (await vats.glance()).access.counters;
      guesser.send(proxy.sip, question(guesser, proxy.sip, 'OPTIONS', [], 'banned'));
      await counted(vats, 'banned', banned + 1);
      expect(await register(resident, ANNA.password, 'r')).toMatch(/^SIP\/2\.0 200 /);
      expect(guesser.heard.filter((answer) => !/^SIP\/2\.0 408 /.test(answer))).toEqual([]);
      await vats.idle();
    },
  );

  scenario(
    'what a client writes into the header itself is overwritten, in any spelling',
    { needs: ['kamailio'] },
    async (scene) => {
      const { vats, proxy } = await stage(scene);
      const abroad = await Stranger.open(scene, IN_GERMANY);
      const resident = await Stranger.open(scene, IN_RUSSIA);
      for (const [i, spelling] of SPELLINGS.entries()) {
        const { fenced } = (await vats.glance()).access.counters;
        abroad.send(proxy.sip, question(abroad, proxy.sip, 'OPTIONS', [spelling], `abroad${i}`));
        await counted(vats, 'fenced', fenced + 1);
        const lie = spelling.replaceAll(IN_RUSSIA, IN_GERMANY);
        const asked = question(resident, proxy.sip, 'OPTIONS', [lie], `resident${i}`);
        expect((await resident.ask(proxy.sip, asked)).text, spelling).toMatch(/^SIP\/2\.0 200 /);
      }
      expect(abroad.heard.filter((answer) => !/^SIP\/2\.0 408 /.test(answer))).toEqual([]);
      await vats.idle();
    },
  );
});

scenario('the header is not believed of whoever is no proxy, in any spelling', { needs: [] }, async (scene) => {
  const vats = await guarded(scene);
  const abroad = await Stranger.open(scene, IN_GERMANY);
  const resident = await Stranger.open(scene, IN_RUSSIA);
  const proxy = await Stranger.open(scene, PROXY);
  let count = 0;
  for (const spelling of SPELLINGS) {
    for (const method of ['OPTIONS', 'REGISTER', 'INVITE']) {
      const { fenced } = (await vats.glance()).access.counters;
      abroad.send(vats.sip, question(abroad, vats.sip, method, [spelling], `abroad${++count}`));
      await counted(vats, 'fenced', fenced + 1);
    }
    // Nor does it harm: somebody at home who says to be abroad is heard.
    const lie = spelling.replaceAll(IN_RUSSIA, IN_GERMANY);
    const asked = question(resident, vats.sip, 'OPTIONS', [lie], `resident${count}`);
    expect((await resident.ask(vats.sip, asked)).text, spelling).toMatch(/^SIP\/2\.0 200 /);
  }
  expect(abroad.heard).toEqual([]);

  // The control: of the proxy each spelling that names one address once is believed, and nothing else.
  // (IPv4 has no brackets.)
  const readable = SPELLINGS.filter((spelling) => spelling.split(IN_RUSSIA).length === 2 && !spelling.includes('['));
  for (const spelling of readable) {
    const believed = question(proxy, vats.sip, 'OPTIONS', [spelling], `proxy${++count}`);
    expect((await proxy.ask(vats.sip, believed)).text, spelling).toMatch(/^SIP\/2\.0 200 /);
    const { fenced } = (await vats.glance()).access.counters;
    const lie = spelling.replaceAll(IN_RUSSIA, IN_GERMANY);
    proxy.send(vats.sip, question(proxy, vats.sip, 'OPTIONS', [lie], `proxy${++count}`));
    await counted(vats, 'fenced', fenced + 1);
  }
  const unclear = SPELLINGS.filter((spelling) => !readable.includes(spelling));
  expect(unclear).toHaveLength(3);
  for (const more of [...unclear.map((spelling) => [spelling]), []]) {
    proxy.send(vats.sip, question(proxy, vats.sip, 'REGISTER', more, `unclear${++count}`));
  }
  // Its own ping without a client is answered, and comes behind them.
  expect((await proxy.ask(vats.sip, question(proxy, vats.sip, 'OPTIONS', [], 'ping'))).text).toMatch(/^SIP\/2\.0 200 /);
  expect(proxy.heard).toEqual([]);
  await vats.idle();

  // Where the refused are read and told so, they are judged with the header before our eyes, and by their address all the same.
  const polite = await guarded(scene, { refuse: '403' });
  for (const spelling of SPELLINGS) {
    for (const method of ['OPTIONS', 'REGISTER', 'INVITE']) {
      const asked = question(abroad, polite.sip, method, [spelling], `polite${++count}`);
      expect((await abroad.ask(polite.sip, asked)).text, spelling).toMatch(/^SIP\/2\.0 403 /);
    }
  }
  await polite.idle();
});
