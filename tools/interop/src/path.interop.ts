import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { Capture } from './capture.ts';
import { expectTone } from './judge.ts';
import { Kamailio } from './kamailio.ts';
import { ANNA, BORIS, pbxFile } from './office.ts';
import { ownAddress } from './own-address.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { Switch } from './switch.ts';

const EDGE = ownAddress(54);
const PHONES = ownAddress(55);
/** A registration that no phone renews while a test runs. */
const LONG = 3_600;

/** A Kamailio in front of the switch, which knows nothing of it: it puts itself into Path and Record-Route, and its own address is where it speaks from. */
function edge(scene: Scene, vats: Switch): Promise<Kamailio> {
  const { address, port } = vats.sip;
  return Kamailio.start(scene, {
    address: EDGE,
    modules: ['tm', 'tmx', 'sl', 'rr', 'pv', 'maxfwd', 'siputils', 'textops', 'path'],
    parameters: ['"path", "use_received", 1', '"rr", "append_fromtag", 0'],
    script: `request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (!is_method("REGISTER")) {
    if (loose_route()) {
      if (!has_totag()) record_route();
      t_relay();
      exit;
    }
    # The only Route was ours, and is gone by now.
    if ($si == "${address}") { record_route(); t_relay(); exit; }
    if (has_totag()) {
      if (is_method("ACK") && t_check_trans()) { t_relay(); exit; }
      if (!is_method("ACK")) sl_send_reply("404", "Not here");
      exit;
    }
  }
  force_rport();
  if (is_method("REGISTER")) { remove_hf("Path"); add_path_received(); }
  else record_route();
  $du = "sip:${address}:${port};transport=" + $proto;
  t_relay();
}`,
  });
}

/** One calls, the other answers; both hear each other, also after a hold; then one of them hangs up. */
async function talk(caller: Baresip, callee: Baresip, extension: string, ends: 'caller' | 'callee'): Promise<void> {
  await caller.dial(extension);
  await callee.event('CALL_INCOMING', 10_000);
  await caller.event('CALL_RINGING', 10_000);
  await callee.answer();
  await Promise.all([caller.event('CALL_ESTABLISHED', 10_000), callee.event('CALL_ESTABLISHED', 10_000)]);
  await wait(2_500);
  // Each re-INVITE goes through the proxy, in both directions.
  await caller.hold();
  await wait(300);
  await caller.resume();
  await wait(300);
  await (ends === 'caller' ? caller : callee).hangUp();
  await Promise.all([caller.event('CALL_CLOSED', 10_000), callee.event('CALL_CLOSED', 10_000)]);
  await expectTone(callee.heard().at(-1)!, caller.tone, { from: 0.7, length: 1 });
  await expectTone(caller.heard().at(-1)!, callee.tone, { from: 0.7, length: 1 });
}

describe.concurrent('RFC 3327: a record-routing Kamailio with Path in front', () => {
  for (const transport of ['udp', 'tcp'] as const) {
    scenario(
      `two phones register through it over ${transport}, call each other with sound, hold, and hang up from both sides`,
      { needs: ['kamailio', 'baresip', 'sox', 'tshark', 'dumpcap', 'root'], seconds: 180 },
      async (scene) => {
        const vats = await Switch.start(scene, { pbx: pbxFile({}) });
        const proxy = await edge(scene, vats);
        const wire = await Capture.start(scene, {
          filter: `host ${EDGE} and (host ${vats.sip.address} or host ${PHONES})`,
          sipPorts: [vats.sip.port, proxy.sip.port],
        });
        const at = { switch: proxy.sip, transport, address: PHONES, expires: LONG } as const;
        const anna = await Baresip.start(scene, { ...ANNA, ...at, tone: 420 });
        const boris = await Baresip.start(scene, { ...BORIS, ...at, tone: 600 });
        await Promise.all([anna.registered(), boris.registered()]);
        const registrations = await vats.registrations();
        expect(registrations.map(({ login }) => login).sort()).toEqual(['anna', 'boris']);
        for (const { source } of registrations) expect(source).toMatch(new RegExp(`^${EDGE}:`));

        await talk(anna, boris, BORIS.extension, 'caller');
        await talk(boris, anna, ANNA.extension, 'callee');

        // A kill: what was promised is on the disk, the Path with it; over TCP the way is a new connection to the proxy.
        await vats.kill();
        await vats.again();
        await talk(boris, anna, ANNA.extension, 'caller');
        await vats.idle();
        await wire.stop();
        // Every request to a phone went by its Path, and every one in a dialog by the route set.
        const sent = await wire.rows(`ip.src == ${vats.sip.address} && sip.Method && sip.Method != "ACK"`, [
          'sip.Method',
          'sip.Route',
        ]);
        const methods = new Set(sent.map(([method]) => method));
        expect([...methods]).toEqual(expect.arrayContaining(['INVITE', 'BYE']));
        for (const [method, route] of sent) expect(route, method).toContain(EDGE);
      },
    );
  }
});
