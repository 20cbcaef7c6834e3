import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock, MemoryLog } from '@vats/kernel/testing';
import { Directory, type VoiceMessage } from '@vats/pbx';
import { modelOf } from '@vats/pbx/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MessageMail } from './message-mail.ts';
import { type Mail, type SendMail, smtpSender } from './smtp.ts';

const FILE = (settings: string) => `
domain: acme.example
language: en
${settings}
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "202", name: Boris, email: boris@acme.example, devices: [{ login: boris, password: Qw8rTy2U }] }
`;

let folder: string;
let clock: FakeClock;
let log: MemoryLog;
let directory: Directory;
let sent: Mail[];
let refuses: number;
let mail: MessageMail;

function open(settings = '', send?: SendMail): void {
  directory = new Directory(modelOf(FILE(settings)));
  const usual: SendMail = async (one) => {
    if (refuses-- > 0) throw new Error('451 try again later');
    sent.push(one);
  };
  mail = new MessageMail({
    ...{ send: send ?? usual, from: 'pbx@acme.example', clock, log },
    directory: () => directory,
    soundOf: ({ path }) => ({ file: join(folder, path) }),
  });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vats-mail-'));
  clock = new FakeClock();
  log = new MemoryLog();
  sent = [];
  refuses = 0;
});

afterEach(async () => {
  await mail.close();
  expect([mail.size, clock.pending]).toEqual([0, 0]);
  rmSync(folder, { recursive: true });
});

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function message(changes: Partial<VoiceMessage> = {}): VoiceMessage {
  const [domain] = directory.model.domains;
  writeFileSync(join(folder, 'm.wav'), 'RIFF of sound');
  return {
    ...{ id: 'm1', domain: domain!.id, box: '202', call: 'c', from: { number: '+79161112233' }, takenAt: clock.now() },
    ...{ durationMs: 12_300, path: 'm.wav', state: 'new' },
    ...changes,
  };
}

test('a message is sent with its sound to whoever has an address, in the language of the company', async () => {
  open();
  mail.note(message({ urgent: true }));
  mail.note(message({ box: '201' }));
  await settle();
  expect(sent).toMatchObject([{ to: 'boris@acme.example', subject: 'Voice message from +79161112233', urgent: true }]);
  expect(sent[0]?.text).toMatch(/^Mailbox 202: a message from \+79161112233, .*, 12 s, urgent\.$/m);
  expect(sent[0]?.sound).toMatchObject({ octets: Buffer.from('RIFF of sound') });
});

test.each([
  ['voicemail: { mail: note }', 1],
  ['voicemail: { mail: none }', 0],
])('%s', async (settings, mails) => {
  open(settings);
  mail.note(message());
  await settle();
  expect(sent.map(({ sound }) => sound)).toEqual(new Array(mails).fill(undefined));
});

test('one whose sound is gone, or too large, is told of without it', async () => {
  open();
  mail.note(message({ path: 'gone.wav' }));
  writeFileSync(join(folder, 'large.wav'), Buffer.alloc(8 * 2 ** 20));
  mail.note(message({ path: 'large.wav' }));
  await settle();
  expect(sent.map(({ sound }) => sound)).toEqual([undefined, undefined]);
});

test('a server that refuses is asked again, and given up after six times; others are sent meanwhile', async () => {
  open();
  refuses = 2;
  mail.note(message());
  await settle();
  clock.advance(60_000);
  await settle();
  expect([sent.length, mail.size]).toEqual([0, 1]);
  mail.note(message({ id: 'm2' }));
  await settle();
  expect(sent).toHaveLength(1);
  refuses = Number.POSITIVE_INFINITY;
  for (let hour = 0; hour < 6; hour++) {
    clock.advance(3_600_000);
    await settle();
  }
  expect(mail.size).toBe(0);
  expect(log.lines.filter(({ event }) => event === 'mail.not-sent')).toHaveLength(1);
});

test('a thousand may wait, and one more is said not to be sent', async () => {
  open('', () => new Promise(() => {}));
  for (let nth = 0; nth < 1_001; nth++) mail.note(message({ id: `m${nth}` }));
  expect(mail.size).toBe(1_000);
  expect(log.lines.filter(({ event }) => event === 'mail.not-sent')).toHaveLength(1);
  mail = new MessageMail({
    ...{ send: async () => {}, from: '', clock, log },
    directory: () => directory,
    soundOf: () => ({ file: '' }),
  });
});

test('no name that a caller brings along makes a header', async () => {
  open();
  mail.note(message({ from: { number: '1', name: 'Eve\r\nBcc: all@acme.example' } }));
  await settle();
  expect(sent[0]?.subject).not.toMatch(/[\r\n]/);
});

/** A mail server that takes one mail a connection, and keeps what it was told. */
async function mailServer(offers: string): Promise<{ server: Server; port: number; heard: string[] }> {
  const heard: string[] = [];
  const server = createServer((socket: Socket) => {
    let inData = false;
    let rest = '';
    socket.write('220 mail\r\n');
    socket.on('data', (octets) => {
      const lines = (rest + octets.toString('latin1')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        heard.push(line);
        if (inData) {
          if (line !== '.') continue;
          inData = false;
          socket.write('250 taken\r\n');
        } else if (line.startsWith('EHLO')) socket.write(`250-mail\r\n250 ${offers}\r\n`);
        else if (line === 'DATA') {
          inData = true;
          socket.write('354 go on\r\n');
        } else if (line === 'STARTTLS') socket.write('454 not now\r\n');
        else if (line === 'QUIT') socket.end('221 bye\r\n');
        else socket.write(line.startsWith('AUTH') ? '235 welcome\r\n' : '250 good\r\n');
      }
    });
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as { port: number }).port, heard };
}

test('by SMTP: with user and password, the sound as WAV; not without TLS where that is wanted, and no password then', async () => {
  open();
  writeFileSync(join(folder, 'password'), 'hunter22\n');
  const { server, port, heard } = await mailServer('AUTH PLAIN');
  const settings = {
    host: '127.0.0.1',
    port,
    user: 'pbx',
    password: { file: join(folder, 'password') },
    from: 'pbx@acme.example',
  };
  const one: Mail = {
    ...{ from: 'pbx@acme.example', to: 'boris@acme.example', subject: 'Сообщение', text: 'text', urgent: true },
    sound: { name: 'a.wav', octets: Buffer.from('RIFF') },
  };
  await smtpSender({ ...settings, tls: 'off' })(one);
  expect(heard.find((line) => line.startsWith('AUTH PLAIN'))).toBe(
    `AUTH PLAIN ${Buffer.from('\0pbx\0hunter22').toString('base64')}`,
  );
  expect(heard).toContain('RCPT TO:<boris@acme.example>');
  expect(heard).toContain(Buffer.from('RIFF').toString('base64'));
  expect(heard.join('\n')).toMatch(/Content-Type: audio\/wav; name=a\.wav/);
  heard.length = 0;
  await expect(smtpSender({ ...settings, tls: 'starttls' })(one)).rejects.toThrow();
  expect(heard.join('\n')).not.toContain('AUTH');
  expect(() => smtpSender({ ...settings, tls: 'off', password: { file: join(folder, 'none') } })).toThrow(
    /smtp\.password/,
  );
  await new Promise((resolve) => server.close(resolve));
});
