import { createSocket } from 'node:dgram';
import type { PhonePair, RelayOrder, RelayReady } from './protocol.ts';

/** Sets calls up in an rtpengine that runs here, over its ng protocol (bencoded dictionaries in datagrams). */
export async function rtpengineCalls(ngPort: number, { phones, recordInto }: RelayOrder): Promise<RelayReady> {
  const socket = createSocket('udp4');
  const answers = new Map<string, (text: string) => void>();
  socket.on('message', (datagram) => {
    const text = datagram.toString('latin1');
    const cookie = text.slice(0, text.indexOf(' '));
    answers.get(cookie)?.(text);
    answers.delete(cookie);
  });
  let cookies = 0;
  const ask = async (command: Record<string, string>): Promise<number> => {
    const cookie = `bench${process.pid}_${++cookies}`;
    const answer = new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('rtpengine does not answer')), 5_000);
      answers.set(cookie, (text) => {
        clearTimeout(timer);
        resolve(text);
      });
    });
    socket.send(`${cookie} ${bencode(command)}`, ngPort, '127.0.0.1');
    const text = await answer;
    const port = /m=audio (\d+)/.exec(text)?.[1];
    if (port === undefined) throw new Error(`rtpengine: ${text}`);
    return Number(port);
  };

  const calls: PhonePair[] = [];
  for (const [i, { a, b }] of phones.entries()) {
    const common = { 'call-id': `bench${process.pid}-${i}`, 'from-tag': 'a', ICE: 'remove' };
    const record: Record<string, string> = recordInto === undefined ? {} : { 'record call': 'on' };
    const towardsB = await ask({ command: 'offer', ...common, ...record, sdp: sdp(a.port) });
    const towardsA = await ask({ command: 'answer', ...common, 'to-tag': 'b', sdp: sdp(b.port) });
    calls.push({ a: { address: '127.0.0.1', port: towardsA }, b: { address: '127.0.0.1', port: towardsB } });
  }
  socket.close();
  return { calls };
}

function bencode(dictionary: Record<string, string>): string {
  const entries = Object.entries(dictionary).sort(([one], [other]) => (one < other ? -1 : 1));
  return `d${entries
    .flat()
    .map((text) => `${Buffer.byteLength(text)}:${text}`)
    .join('')}e`;
}

function sdp(port: number): string {
  const lines = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', `m=audio ${port} RTP/AVP 8`];
  return lines.map((line) => `${line}\r\n`).join('');
}
