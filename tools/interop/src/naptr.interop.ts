import { createSocket } from 'node:dgram';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { nameServer } from './dnsmasq.ts';
import { expectTone } from './judge.ts';
import { ANNA, pbxFile } from './office.ts';
import { ownAddress } from './own-address.ts';
import { freePorts } from './ports.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { Switch } from './switch.ts';

const DNS = ownAddress(56);
const DOMAIN = 'lab.example';
const [SILENT, BUSY, GOOD] = [ownAddress(57), ownAddress(58), ownAddress(59)];
const CALLED = '305';
const NO_RESPONSE = '2s';

/** A server on UDP that hears everything and answers INVITE with this, or nothing at all. Gives the methods that it heard. */
async function server(scene: Scene, address: string, port: number, status?: string): Promise<string[]> {
  const heard: string[] = [];
  const socket = createSocket('udp4');
  scene.own(`server at ${address}`, () => socket.close());
  socket.on('message', (octets, from) => {
    const lines = octets.toString('latin1').split('\r\n');
    const method = lines[0]?.split(' ')[0] ?? '';
    heard.push(method);
    if (status === undefined || method !== 'INVITE') return;
    const copied = lines.filter((line) => /^(Via|From|To|Call-ID|CSeq):/i.test(line));
    const tagged = copied.map((line) => (/^To:/i.test(line) ? `${line};tag=server` : line));
    socket.send([`SIP/2.0 ${status}`, ...tagged, 'Content-Length: 0', '\r\n'].join('\r\n'), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(port, address, resolve));
  return heard;
}

scenario(
  'RFC 3263 §4.3: a trunk by NAPTR: its first server is silent, its second says 503, and the call goes on to one on TCP',
  { needs: ['baresip', 'sox', 'dnsmasq', 'unshare', 'root'], seconds: 120 },
  async (scene) => {
    const port = await freePorts(2, SILENT);
    const silent = await server(scene, SILENT, port);
    const busy = await server(scene, BUSY, port, '503 Service Unavailable');
    // A phone that answers whoever calls it stands for the good one; it registers nowhere.
    const nowhere = { address: GOOD, port: 5060 };
    const good = await Baresip.start(scene, {
      ...{ login: CALLED, password: 'none', switch: nowhere, transport: 'tcp', tone: 600 },
      ...{ address: GOOD, answers: true, expires: 0 },
    });
    const place = await nameServer(
      scene,
      DNS,
      DOMAIN,
      [
        { address: SILENT, port, priority: 10 },
        { address: BUSY, port, priority: 20 },
      ],
      [
        `address=/good.${DOMAIN}/${GOOD}`,
        `srv-host=_sip._tcp.${DOMAIN},good.${DOMAIN},${good.local.port},10,1`,
        `naptr-record=${DOMAIN},10,50,s,SIP+D2U,,_sip._udp.${DOMAIN}`,
        `naptr-record=${DOMAIN},10,60,s,SIP+D2T,,_sip._tcp.${DOMAIN}`,
        `naptr-record=${DOMAIN},20,10,s,SIPS+D2T,,_sips._tcp.${DOMAIN}`,
      ],
    );
    const vats = await Switch.start(scene, {
      place,
      pbx: pbxFile({
        accounts: [ANNA],
        more: {
          trunks: [{ name: 'lab', proxy: `sip:${DOMAIN}`, noResponse: NO_RESPONSE }],
          outbound: [{ match: '3xx', trunk: 'lab' }],
        },
      }),
    });
    const anna = await Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: 420 });
    await anna.registered();
    const { servers } = await vats.trunkIs('lab', 'not-needed');
    expect(servers?.map(({ endpoint }) => endpoint.split(':')[0])).toEqual([SILENT, BUSY, GOOD]);

    await anna.dial(CALLED);
    await anna.event('CALL_ESTABLISHED', 10_000);
    await wait(2_000);
    await anna.hangUp();
    await anna.event('CALL_CLOSED');
    await expectTone(anna.heard().at(-1)!, good.tone, { from: 0.5, length: 1 });
    await expectTone(good.heard().at(-1)!, anna.tone, { from: 0.5, length: 1 });
    expect(silent.filter((method) => method === 'INVITE').length).toBeGreaterThan(1);
    expect(busy.filter((method) => method === 'INVITE')).toHaveLength(1);
    const [call] = await vats.history();
    expect(call).toMatchObject({
      result: 'answered',
      legs: [
        { leg: 'a' },
        { failure: 'trunk-failed', status: 408 },
        { failure: 'trunk-failed', status: 503 },
        { trunk: 'lab' },
      ],
    });
    await vats.idle();
  },
);
