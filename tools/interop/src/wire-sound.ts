import { writeFileSync } from 'node:fs';
import type { Capture } from './capture.ts';
import type { Scene } from './scene.ts';

/** What went to a phone as G.711 A-law, by the wire: what a phone itself writes has gaps where the machine is busy. */
export async function soundTo(
  scene: Scene,
  wire: Capture,
  from: string,
  { rtpPort, login }: { readonly rtpPort: number; readonly login: string },
): Promise<{ readonly file: string; readonly sources: ReadonlySet<string> }> {
  const packets = await wire.rows(
    `rtp && ip.src == ${from} && udp.dstport >= ${rtpPort} && udp.dstport < ${rtpPort + 20}`,
    ['rtp.ssrc', 'rtp.p_type', 'rtp.payload'],
  );
  const octets = packets.filter(([, type]) => type === '8').map(([, , payload = '']) => payload.replaceAll(':', ''));
  const file = scene.path(`heard-${login}.al`);
  writeFileSync(file, Buffer.from(octets.join(''), 'hex'));
  return { file, sources: new Set(packets.map(([source = '']) => source)) };
}
