import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { run } from './child.ts';
import { expectTone } from './judge.ts';
import { BORIS, pbxFile } from './office.ts';
import { ownAddress } from './own-address.ts';
import { freePorts } from './ports.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { Sipp } from './sipp.ts';
import { gaps, purity, seconds } from './sound.ts';
import { Switch } from './switch.ts';
import { TONE } from './two-phones.ts';

const PBX_ADDRESS = ownAddress(66);
const NUMBER = '+74951234567';
const TALK_MS = 2_000;
/** How far sound and manifest may be apart, seconds. */
const APART = 0.1;
/** An edge of a tone is looked at for so long, seconds. */
const EDGE = 0.3;

interface Phase {
  readonly codec: 'PCMA' | 'PCMU' | 'G722';
  readonly tone: number;
  /** What the re-INVITE that asks for it is answered; the tone of the phase before goes on where it is refused. */
  readonly answer: 200 | 488;
}

const PAYLOAD_TYPE = { PCMA: 8, PCMU: 0, G722: 9 } as const;
const FFMPEG = { PCMA: 'alaw', PCMU: 'mulaw', G722: 'g722' } as const;

/** A PBX's call: an INVITE for the first phase's codec alone, a re-INVITE for each of the others, sound all the while. */
function caller(phases: readonly Phase[]): string {
  const said = (method: string, cseq: number, body = ''): string => `<![CDATA[
${method} ${cseq === 1 && method === 'INVITE' ? 'sip:[service]@[remote_ip]:[remote_port]' : '[next_url]'} SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport
From: <sip:+78120000000@[local_ip]:[local_port]>;tag=[pid]c[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>${cseq === 1 && method === 'INVITE' ? '' : '[peer_tag_param]'}
Call-ID: [call_id]
CSeq: ${cseq} ${method}
Contact: <sip:pbx@[local_ip]:[local_port]>
Max-Forwards: 70
${body === '' ? '' : 'Content-Type: application/sdp\n'}Content-Length: [len]

${body}
]]>`;
  const steps = phases.flatMap(({ codec, tone, answer }, i) => {
    const payloadType = PAYLOAD_TYPE[codec];
    const sdp = `v=0
o=pbx [pid] ${i + 1} IN IP4 [media_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [rtpstream_audio_port] RTP/AVP ${payloadType}
a=rtpmap:${payloadType} ${codec}/8000
a=sendrecv
`;
    return [
      `<send retrans="500">${said('INVITE', i + 1, sdp)}</send>`,
      ...['100', '180', '183'].map((status) => `<recv response="${status}" optional="true"/>`),
      `<recv response="${answer}"${answer === 200 ? ' rrs="true"' : ''}/>`,
      `<send>${answer === 200 ? said('ACK', i + 1) : said('ACK', i + 1).replace(/;branch=\[branch\]/, ';branch=[branch-2]')}</send>`,
      ...(answer === 200
        ? [`<nop><action><exec rtp_stream="${tone}.${codec},-1,${payloadType}"/></action></nop>`]
        : []),
      `<pause milliseconds="${TALK_MS}"/>`,
    ];
  });
  const bye = [`<send retrans="500">${said('BYE', phases.length + 1)}</send>`, '<recv response="200"/>'];
  const text = [...steps, ...bye].join('\n');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE scenario SYSTEM "sipp.dtd">\n<scenario name="codec changes">\n${text}\n</scenario>\n`;
}

/** The call of these phases to Boris, whose phone has both laws and nothing else. */
async function talk(scene: Scene, recording: 'all' | 'none', phases: readonly Phase[]) {
  for (const { codec, tone } of phases) {
    const sine = `sine=frequency=${tone}:sample_rate=${codec === 'G722' ? 16_000 : 8_000}:duration=10`;
    const made = await run('ffmpeg', [
      ...[
        '-v',
        'error',
        '-f',
        'lavfi',
        '-i',
        sine,
        '-af',
        'volume=4',
        '-c:a',
        `${codec === 'G722' ? '' : 'pcm_'}${FFMPEG[codec]}`,
      ],
      ...['-f', FFMPEG[codec], scene.path(`${tone}.${codec}`)],
    ]);
    expect([made.code, made.stderr]).toEqual([0, '']);
  }
  const vats = await Switch.start(scene, {
    pbx: pbxFile({
      recording,
      more: {
        trunks: [{ name: 'pbx', proxy: `sip:${PBX_ADDRESS}:5060`, allow: [PBX_ADDRESS] }],
        numbers: [{ number: NUMBER, to: BORIS.extension }],
      },
    }),
  });
  const boris = await Baresip.start(scene, { ...BORIS, switch: vats.sip, tone: TONE.boris, answers: true });
  await boris.registered();
  const pbx = await Sipp.start(scene, {
    scenario: { own: 'uac', edited: caller(phases) },
    target: vats.sip,
    local: { address: PBX_ADDRESS, port: await freePorts(2, PBX_ADDRESS) },
    dials: NUMBER,
    calls: 1,
  });
  const result = await pbx.finished(phases.length * TALK_MS + 20_000);
  expect({ ...result, errors: result.errors.slice(0, 12) }).toMatchObject({ successful: 1, failed: 0, unexpected: 0 });
  await boris.event('CALL_CLOSED');
  // What finishes a recording has the lowest priority of all.
  await vats.idle(30_000);
  return { vats, boris };
}

interface Manifest {
  readonly state: string;
  readonly durationMs: number;
  readonly law: string;
  readonly gaps: readonly unknown[];
  readonly codecs: readonly { readonly channel: string; readonly atMs: number; readonly codec: string }[];
}

function manifestOf(vats: Switch): Manifest {
  const directory = join(vats.data, 'recordings');
  const name = readdirSync(directory, { recursive: true, encoding: 'utf8' }).find((each) => each.endsWith('.json'));
  return JSON.parse(readFileSync(join(directory, name as string), 'utf8')) as Manifest;
}

describe('a phone that changes its codec in a call', () => {
  scenario(
    'from PCMA to PCMU and back while it is recorded: the manifest says when, and the sound agrees; G.722 is refused and the call goes on',
    { needs: ['sipp', 'baresip', 'sox', 'ffmpeg', 'root'], seconds: 60 },
    async (scene) => {
      const phases: Phase[] = [
        { codec: 'PCMA', tone: 420, answer: 200 },
        { codec: 'PCMU', tone: 520, answer: 200 },
        { codec: 'PCMA', tone: 640, answer: 200 },
        { codec: 'G722', tone: 700, answer: 488 },
      ];
      const { vats, boris } = await talk(scene, 'all', phases);
      const manifest = manifestOf(vats);
      const file = (await vats.recordings())[0]?.file as string;
      expect(manifest).toMatchObject({ state: 'complete', law: 'PCMA' });
      expect(Math.abs((await seconds(file)) - manifest.durationMs / 1_000)).toBeLessThan(APART);
      const left = manifest.codecs.filter(({ channel }) => channel === 'left');
      expect(left.map(({ codec }) => codec)).toEqual(['PCMA', 'PCMU', 'PCMA']);
      const end = manifest.durationMs / 1_000;
      for (const [i, { atMs }] of left.entries()) {
        const { tone } = phases[i] as Phase;
        const [from, to] = [atMs / 1_000 + APART, (left[i + 1]?.atMs ?? end * 1_000) / 1_000 - APART];
        expect(to - from).toBeGreaterThan(TALK_MS / 1_000 - 5 * APART);
        // Pure from one change to the next, and at both edges of it: a change told 100 ms too early or late is heard there.
        expect(await purity(file, tone, { channel: 1, from, length: to - from })).toBeGreaterThan(0.97);
        expect(await purity(file, tone, { channel: 1, from, length: EDGE })).toBeGreaterThan(0.9);
        expect(await purity(file, tone, { channel: 1, from: to - EDGE, length: EDGE })).toBeGreaterThan(0.9);
      }
      // The other side was heard all the time, in whatever law it followed with.
      expect((await gaps(file, 2, 0.2)).filter(({ at }) => at > 0.5 && at < end - 0.5)).toEqual([]);
      await expectTone(file, TONE.boris, { channel: 2, from: 0.5, length: end - 1 });
      expect(await vats.command('recordings', 'verify')).toMatch(/good/);
      await boris.stop();
    },
  );

  scenario(
    'from PCMA to G.722 where nobody records: the other side, which has none, goes on with G.711',
    { needs: ['sipp', 'baresip', 'sox', 'ffmpeg', 'root'], seconds: 60 },
    async (scene) => {
      const { boris } = await talk(scene, 'none', [
        { codec: 'PCMA', tone: 420, answer: 200 },
        { codec: 'G722', tone: 600, answer: 200 },
      ]);
      const heard = boris.heard()[0] as string;
      await expectTone(heard, 420, { from: 0.4, length: 1 });
      await expectTone(heard, 600, { from: TALK_MS / 1_000 + 0.5, length: 1 });
      await boris.stop();
    },
  );
});
