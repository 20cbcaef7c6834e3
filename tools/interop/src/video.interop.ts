import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { Capture } from './capture.ts';
import { eventually } from './deadline.ts';
import { expectTone } from './judge.ts';
import { ANNA, BORIS, pbxFile } from './office.ts';
import { ownAddress } from './own-address.ts';
import { freePorts } from './ports.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { Sipp, sippRegister } from './sipp.ts';
import { Switch } from './switch.ts';
import { call, NEEDS, TONE } from './two-phones.ts';

const GATEWAY = ownAddress(66);
const NUMBER = '74951234567';

/** Datagrams as tshark gives them: source port, target port, all octets. */
type Row = readonly string[];

/** What the one phone's ports sent, and what the other's got, in order. */
function crossed(rows: readonly Row[], from: Baresip, to: Baresip): { sent: string[]; got: string[] } {
  const isOf = ({ rtpPort }: Baresip, port: string | undefined) =>
    Number(port) >= rtpPort && Number(port) < rtpPort + 20;
  return {
    sent: rows.filter(([source]) => isOf(from, source)).map(([, , payload]) => payload as string),
    got: rows.filter(([, target]) => isOf(to, target)).map(([, , payload]) => payload as string),
  };
}

scenario(
  'two baresip see each other: VP8 and its RTCP come octet for octet, and the recording holds the sound',
  { needs: NEEDS, seconds: 60 },
  async (scene) => {
    const vats = await Switch.start(scene, { pbx: pbxFile({ recording: 'all' }) });
    const wire = await Capture.start(scene, { filter: `host ${vats.sip.address}`, sipPorts: [vats.sip.port] });
    const [anna, boris] = await Promise.all([
      Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: TONE.anna, video: true }),
      Baresip.start(scene, { ...BORIS, switch: vats.sip, tone: TONE.boris, video: true }),
    ]);
    await Promise.all([anna.registered(), boris.registered()]);
    await call(anna, boris, BORIS.extension);
    await wait(4_000);
    await anna.hangUp();
    await boris.event('CALL_CLOSED');
    await vats.idle();
    const file = (await vats.recordings())[0]?.file as string;
    await expectTone(file, TONE.anna, { channel: 1, from: 0.5, length: 2.5 });
    await expectTone(file, TONE.boris, { channel: 2, from: 0.5, length: 2.5 });
    await Promise.all([anna.stop(), boris.stop()]);
    await wire.stop();
    // An ICMP error of a phone that has gone holds the datagram that it is about.
    const pictures = await wire.rows('vp8 && !icmp', ['udp.srcport', 'udp.dstport', 'udp.payload']);
    for (const [from, to] of [
      [anna, boris],
      [boris, anna],
    ] as const) {
      const { sent, got } = crossed(pictures, from, to);
      expect(got.length).toBeGreaterThan(20);
      // What is sent while a 200 is on its way to the other phone comes before there is anybody to hear it.
      const first = sent.indexOf(got[0] as string);
      expect(got).toEqual(sent.slice(first, first + got.length));
      expect(sent.length - got.length).toBeLessThan(10);
    }
    const audio = await wire.rows('sdp', ['udp.srcport', 'sdp.media_attr']);
    // Both phones offered and took rtcp-mux for sound and video, so all four descriptions of ours say it twice.
    const ours = audio.filter(([port]) => Number(port) === vats.sip.port);
    expect(ours.map(([, attributes = '']) => attributes.split('rtcp-mux').length - 1)).toEqual(ours.map(() => 2));
    const reports = await wire.rows(`rtcp && ip.src == ${vats.sip.address}`, ['udp.srcport', 'udp.dstport']);
    expect(reports.length).toBeGreaterThan(0);
    for (const ports of reports) for (const port of ports) expect(Number(port) % 2).toBe(0);
    // Wireshark's VP8 finds fault with pictures as baresip sends them.
  },
);

/** One end of a fax: sends UDPTL datagrams and keeps what comes. */
class FaxEnd {
  readonly heard: string[] = [];
  readonly sent: string[] = [];
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('message', (datagram) => void this.heard.push(datagram.toString('hex')));
  }

  static async open(scene: Scene, address: string): Promise<FaxEnd> {
    const socket = createSocket('udp4');
    socket.bind(0, address);
    await once(socket, 'listening');
    scene.own('a fax', () => socket.close());
    return new FaxEnd(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Datagrams as T.38 writes them: an indicator each (no signal, CED, V.21 preamble), with the two before it for redundancy. */
  say(sequence: number, to: { readonly address: string; readonly port: number }): void {
    const indicator = (of: number) => Buffer.from([1, 2 * (of % 4)]);
    const before = Math.min(2, sequence);
    const head = Buffer.from([sequence >> 8, sequence & 0xff]);
    const older = Array.from({ length: before }, (_, i) => indicator(sequence - 1 - i));
    const datagram = Buffer.concat([head, indicator(sequence), Buffer.from([0, before]), ...older]);
    this.sent.push(datagram.toString('hex'));
    this.#socket.send(datagram, to.port, to.address);
  }
}

scenario(
  'a fax between two SIPp: refused once, then T.38 in the place of the sound and back; its datagrams come octet for octet',
  { needs: ['sipp', 'tshark', 'dumpcap'], seconds: 60 },
  async (scene) => {
    const gateway = { address: GATEWAY, port: await freePorts(1, GATEWAY) };
    const vats = await Switch.start(scene, {
      pbx: pbxFile({
        more: {
          trunks: [{ name: 'fax', proxy: `sip:${gateway.address}:${gateway.port}`, allow: [GATEWAY] }],
          numbers: [{ number: `+${NUMBER}`, to: BORIS.extension }],
        },
      }),
    });
    const wire = await Capture.start(scene, { filter: `host ${vats.sip.address}`, sipPorts: [vats.sip.port] });
    const local = { address: '127.0.0.1', port: await freePorts() };
    await sippRegister(scene, { users: [BORIS], target: vats.sip, local });
    const [calling, called] = [await FaxEnd.open(scene, GATEWAY), await FaxEnd.open(scene, local.address)];
    const answering = { own: 'uas', edited: faxCallee(called.port) } as const;
    const machine = await Sipp.start(scene, { scenario: answering, target: vats.sip, local, calls: 1 });
    const begun = { own: 'uac', edited: faxCaller(calling.port) } as const;
    const pbx = await Sipp.start(scene, { scenario: begun, target: vats.sip, local: gateway, dials: NUMBER, calls: 1 });
    const portAt = (sipp: Sipp) =>
      eventually('T.38 to be agreed on', () => {
        const port = Number(/^fax at (\d+)$/m.exec(sipp.said().join('\n'))?.[1]);
        return port > 0 ? port : undefined;
      });
    const ends = [
      [calling, called, { address: vats.sip.address, port: await portAt(pbx) }],
      [called, calling, { address: vats.sip.address, port: await portAt(machine) }],
    ] as const;
    for (let sequence = 0; sequence < 40; sequence++) {
      for (const [end, , port] of ends) end.say(sequence, port);
      await wait(10);
    }
    for (const [one, other] of ends) {
      await eventually('the last datagram', () => other.heard.length >= one.sent.length || undefined);
      expect(other.heard).toEqual(one.sent);
    }
    for (const sipp of [pbx, machine]) {
      const result = await sipp.finished(20_000);
      expect({ ...result, errors: result.errors.slice(0, 5) }).toMatchObject({ code: 0, successful: 1, unexpected: 0 });
    }
    await vats.idle();
    await wire.stop();
    const faxes = await wire.rows('t38', ['udp.dstport', 't38.seq_number']);
    for (const end of [calling, called]) {
      const got = faxes.filter(([port]) => Number(port) === end.port);
      expect(got.map(([, sequence]) => Number(sequence))).toEqual(Array.from({ length: 40 }, (_, i) => i));
    }
    const [told] = await wire.rows(
      `sip.CSeq.method == "INVITE" && sdp.media contains "image" && udp.srcport == ${vats.sip.port}`,
      ['sdp.media_attr'],
    );
    for (const attribute of T38.slice(1)) expect(told?.[0]).toContain(attribute.slice(2));
  },
);

const T38 = [
  'm=image [port] udptl t38',
  'a=T38FaxVersion:0',
  'a=T38MaxBitRate:14400',
  'a=T38FaxRateManagement:transferredTCF',
  'a=T38FaxMaxBuffer:1800',
  'a=T38FaxMaxDatagram:400',
  'a=T38FaxUdpEC:t38UDPRedundancy',
];
const SOUND = ['m=audio [media_port] RTP/AVP 8', 'a=rtpmap:8 PCMA/8000'];

function sdp(version: number, lines: readonly string[], port: number): string {
  const head = ['v=0', `o=fax 1 ${version} IN IP4 [media_ip]`, 's=-', 'c=IN IP4 [media_ip]', 't=0 0'];
  return [...head, ...lines].join('\n').replace('[port]', String(port));
}

const send = (text: string, retrans = false): string =>
  `<send${retrans ? ' retrans="500"' : ''}><![CDATA[\n${text}\n]]></send>`;

const logPort =
  '<action><ereg regexp="m=image ([0-9]+)" search_in="msg" assign_to="line,port"/><log message="fax at [$port]"/></action>';
const scenarioOf = (steps: readonly string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="fax">\n${steps.join('\n')}\n<Reference variables="line,port"/>\n</scenario>\n`;

/** Calls, asks for T.38 and is refused, asks again and has it for a while, goes back to sound, hangs up. */
function faxCaller(port: number): string {
  const request = (method: string, number: number, body?: string, inDialog = true): string => {
    const target = inDialog ? '[next_url]' : 'sip:[service]@[remote_ip]:[remote_port]';
    const head = [
      `${method} ${target} SIP/2.0`,
      'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport',
      'From: <sip:fax@[local_ip]:[local_port]>;tag=[pid]f[call_number]',
      `To: <sip:[service]@[remote_ip]:[remote_port]>${inDialog ? '[peer_tag_param]' : ''}`,
      'Call-ID: [call_id]',
      `CSeq: ${number} ${method}`,
      'Contact: <sip:fax@[local_ip]:[local_port]>',
      'Max-Forwards: 70',
      ...(body === undefined
        ? ['Content-Length: 0', '']
        : ['Content-Type: application/sdp', 'Content-Length: [len]', '', body]),
    ];
    return send(`${head.join('\n')}\n`, method !== 'ACK');
  };
  const trying = '<recv response="100" optional="true"/>';
  const invite = (number: number, lines: readonly string[], answered: string): string[] => [
    request('INVITE', number, sdp(number, lines, port), number > 1),
    trying,
    ...(number > 1 ? [] : ['<recv response="180" optional="true"/>']),
    answered,
    request('ACK', number),
  ];
  return scenarioOf([
    ...invite(1, SOUND, '<recv response="200" rrs="true"/>'),
    '<pause milliseconds="200"/>',
    // Its ACK is of the INVITE's transaction (RFC 3261 §17.1.1.3): the branch is the one before.
    ...invite(2, T38, '<recv response="488"/>').map((step, i) =>
      i === 3 ? step.replace('[branch]', '[branch-3]') : step,
    ),
    '<pause milliseconds="200"/>',
    ...invite(3, T38, `<recv response="200">${logPort}</recv>`),
    '<pause milliseconds="2500"/>',
    ...invite(4, SOUND, '<recv response="200"/>'),
    '<pause milliseconds="300"/>',
    request('BYE', 5),
    '<recv response="200"/>',
  ]);
}

function faxCallee(port: number): string {
  const respond = (status: string, version?: number, lines: readonly string[] = []): string => {
    const head = [
      `SIP/2.0 ${status}`,
      '[last_Via:]',
      '[last_From:]',
      '[last_To:];tag=[pid]f[call_number]',
      '[last_Call-ID:]',
      '[last_CSeq:]',
      'Contact: <sip:[local_ip]:[local_port]>',
      ...(version === undefined
        ? ['Content-Length: 0', '']
        : ['Content-Type: application/sdp', 'Content-Length: [len]', '', sdp(version, lines, port)]),
    ];
    // In the dialog the request has the tag already.
    const text =
      version === 1 || status.startsWith('180')
        ? head
        : head.map((line) => (line.startsWith('[last_To') ? '[last_To:]' : line));
    return send(`${text.join('\n')}\n`, version !== undefined);
  };
  return scenarioOf([
    '<recv request="INVITE"/>',
    respond('180 Ringing'),
    respond('200 OK', 1, SOUND),
    '<recv request="ACK"/>',
    '<recv request="INVITE"/>',
    respond('488 Not Acceptable Here'),
    '<recv request="ACK"/>',
    `<recv request="INVITE">${logPort}</recv>`,
    respond('200 OK', 2, T38),
    '<recv request="ACK"/>',
    '<recv request="INVITE"/>',
    respond('200 OK', 3, SOUND),
    '<recv request="ACK"/>',
    '<recv request="BYE"/>',
    respond('200 OK'),
  ]);
}
