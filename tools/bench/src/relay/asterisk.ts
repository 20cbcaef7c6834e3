import { execFile } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { PhonePair, RelayOrder, RelayReady } from './protocol.ts';

const ASTERISK = { address: '127.0.0.1', port: 5080 };
const CALLER = { address: '127.0.0.11', port: 5061 };
const CALLED = { address: '127.0.0.12', port: 5090 };
/** Calls are numbered by what is dialled: 1000 the first, 1001 the second; with MixMonitor from 2000. */
const PLAIN = 1_000;
const MONITORED = 2_000;
const PATIENCE_MS = 5_000;

/** Starts Asterisk with chan_sip. `script` lays a configuration directory over its own and prints "pid N". */
export async function startAsterisk(script: string, folder: string, core: number | undefined): Promise<number> {
  writeFileSync(`${folder}/sip.conf`, SIP_CONF);
  writeFileSync(`${folder}/extensions.conf`, EXTENSIONS_CONF);
  const env = { ...process.env, ...(core !== undefined && { AST_PIN: String(core) }) };
  const { stdout } = await promisify(execFile)(script, [folder], { env, timeout: 600_000 });
  const pid = Number(/^pid (\d+)$/m.exec(stdout)?.[1]);
  if (!pid) throw new Error(`${script} started no Asterisk: ${stdout}`);
  return pid;
}

/** Calls through Asterisk, one after the other, from an address that it knows as a peer to one that it knows as another. */
export async function asteriskCalls({ phones, recordInto }: RelayOrder): Promise<RelayReady> {
  const caller = await opened(CALLER);
  const called = await opened(CALLED);
  const first = recordInto === undefined ? PLAIN : MONITORED;
  // What rings is answered at once with the second phone's port.
  const offered = new Map<number, number>();
  called.on('message', (datagram) => {
    const invite = datagram.toString('latin1');
    const number = Number(/^INVITE sip:(\d+)@/.exec(invite)?.[1]);
    const phone = phones[number - first];
    if (phone === undefined) return;
    offered.set(number, audioPort(invite));
    called.send(answerTo(invite, sdp(phone.b.port)), ASTERISK.port, ASTERISK.address);
  });

  const calls: PhonePair[] = [];
  for (const [i, { a }] of phones.entries()) {
    const number = first + i;
    const callId = `bench-${process.pid}-${number}`;
    const answered = answerOf(caller, callId);
    caller.send(request('INVITE', number, callId, '', sdp(a.port)), ASTERISK.port, ASTERISK.address);
    const answer = await answered;
    caller.send(request('ACK', number, callId, field(answer, 'To'), ''), ASTERISK.port, ASTERISK.address);
    const { address } = ASTERISK;
    calls.push({ a: { address, port: audioPort(answer) }, b: { address, port: offered.get(number)! } });
  }
  caller.close();
  called.close();
  return { calls };
}

async function opened(at: { address: string; port: number }): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(at.port, at.address);
  await once(socket, 'listening');
  return socket;
}

function answerOf(socket: Socket, callId: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Asterisk does not answer ${callId}`)), PATIENCE_MS);
    const hear = (datagram: Buffer): void => {
      const message = datagram.toString('latin1');
      const status = Number(/^SIP\/2\.0 (\d{3})/.exec(message)?.[1]);
      if (!message.includes(callId) || !(status >= 200)) return;
      clearTimeout(timer);
      socket.off('message', hear);
      if (status === 200) resolve(message);
      else reject(new Error(`Asterisk: ${message.slice(0, message.indexOf('\r\n'))}`));
    };
    socket.on('message', hear);
  });
}

function request(method: 'INVITE' | 'ACK', number: number, callId: string, to: string, body: string): string {
  const uri = `sip:${number}@${ASTERISK.address}:${ASTERISK.port}`;
  return message(
    `${method} ${uri} SIP/2.0`,
    [
      `Via: SIP/2.0/UDP ${CALLER.address}:${CALLER.port};branch=z9hG4bK-${callId}-${method}`,
      'Max-Forwards: 70',
      `From: <sip:bench@${CALLER.address}>;tag=${callId}`,
      `To: ${to || `<${uri}>`}`,
      `Call-ID: ${callId}`,
      `CSeq: 1 ${method}`,
      `Contact: <sip:bench@${CALLER.address}:${CALLER.port}>`,
    ],
    body,
  );
}

function answerTo(invite: string, body: string): string {
  const vias = invite.match(/^Via:.*$/gm)!.map((line) => line.trimEnd());
  const same = ['From', 'Call-ID', 'CSeq'].map((name) => `${name}: ${field(invite, name)}`);
  const to = `To: ${field(invite, 'To')};tag=called`;
  const contact = `Contact: <sip:bench@${CALLED.address}:${CALLED.port}>`;
  return message('SIP/2.0 200 OK', [...vias, ...same, to, contact], body);
}

function message(first: string, headers: readonly string[], body: string): string {
  const type = body === '' ? [] : ['Content-Type: application/sdp'];
  return [first, ...headers, ...type, `Content-Length: ${body.length}`, '', body].join('\r\n');
}

function field(text: string, name: string): string {
  return new RegExp(`^${name}:[ \\t]*(.*?)\\r?$`, 'im').exec(text)?.[1] ?? '';
}

function audioPort(text: string): number {
  return Number(/^m=audio (\d+)/m.exec(text)?.[1]);
}

function sdp(port: number): string {
  const lines = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', `m=audio ${port} RTP/AVP 8`];
  return lines.map((line) => `${line}\r\n`).join('');
}

const SIP_CONF = `[general]
context=bench
udpbindaddr=${ASTERISK.address}:${ASTERISK.port}
allowguest=no
directmedia=no
srvlookup=no
disallow=all
allow=alaw
qualify=no
[caller]
type=peer
host=${CALLER.address}
insecure=port,invite
context=bench
[called]
type=peer
host=${CALLED.address}
port=${CALLED.port}
insecure=port,invite
context=bench
`;

const EXTENSIONS_CONF = `[general]
static=yes
writeprotect=yes
[bench]
exten => _1XXX,1,Dial(SIP/\${EXTEN}@called,30)
exten => _2XXX,1,MixMonitor(/tmp/rec/\${UNIQUEID}.wav)
 same => n,Dial(SIP/\${EXTEN}@called,30)
`;
