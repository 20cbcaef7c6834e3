import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Draft, Mailbox } from '@vats/calls';
import { Ledger } from '@vats/kernel';
import { FakeClock, MemoryLog, SeededRandom } from '@vats/kernel/testing';
import { Directory, type VoiceMessage } from '@vats/pbx';
import { modelOf } from '@vats/pbx/testing';
import { MemoryStore } from '@vats/store/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type OpenVoicemail, openVoicemail } from './open-voicemail.ts';

let data: string;
let clock: FakeClock;
let log: MemoryLog;
let store: MemoryStore;
let ledger: Ledger;
let directory: Directory;
let low: boolean;
let told: string[];
let lamps: string[];
let opened: OpenVoicemail;

const FILE = (settings: string) => `
domain: acme.example
${settings}
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Qw8rTy2U }] }
groups: [{ extension: "600", name: Sales, members: ["201"] }]
`;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'vats-mailboxes-'));
  clock = new FakeClock();
  log = new MemoryLog();
  store = new MemoryStore();
  low = false;
});

afterEach(async () => {
  await opened.close();
  expect(ledger.leftovers()).toEqual([]);
  rmSync(data, { recursive: true });
});

async function open(settings = ''): Promise<void> {
  directory = new Directory(modelOf(FILE(settings)));
  told = [];
  lamps = [];
  ledger = new Ledger();
  opened = await openVoicemail({
    ...{ store, data, clock, log, ledger, random: new SeededRandom(), hasFiles: true },
    directory: () => directory,
    isDiskLow: () => low,
    onEvent: ({ type, box }) => told.push(`${type} ${box}`),
    onChange: (_, box) => lamps.push(box),
  });
  await opened.start();
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Waits for the thread that finishes files. */
async function until(done: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000 && !done(); turn++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    clock.advance(0);
  }
}

const domain = () => directory.model.domains[0]!;
const box = (extension: string): Mailbox => opened.voicemail.find(domain(), extension)!;

/** A WAV of G.711 as the media plane writes it: so many seconds of two channels. */
function wav(seconds: number, { header = seconds } = {}): Buffer {
  const head = Buffer.alloc(58);
  const octets = header * 16_000;
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(50 + octets, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(18, 16);
  head.writeUInt16LE(6, 20);
  head.writeUInt16LE(2, 22);
  head.writeUInt32LE(8_000, 24);
  head.writeUInt32LE(16_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(8, 34);
  head.write('fact', 38, 'latin1');
  head.writeUInt32LE(4, 42);
  head.writeUInt32LE(octets / 2, 46);
  head.write('data', 50, 'latin1');
  head.writeUInt32LE(octets, 54);
  return Buffer.concat([head, Buffer.alloc(seconds * 16_000, 0xd5)]);
}

function recorded(draft: Draft, seconds = 5): Draft {
  mkdirSync(dirname(draft.path), { recursive: true });
  writeFileSync(draft.path, wav(seconds));
  return draft;
}

async function leave(extension: string, seconds = 5): Promise<VoiceMessage> {
  const draft = recorded(box(extension).take({ number: '+79161112233' }, 'call-1') as Draft, seconds);
  draft.keep({ durationMs: seconds * 1_000, urgent: false });
  await settle();
  return opened.voicemail.book.message(draft.id)!;
}

test('a message counts when it is on disk, is heard, and takes its sound along when it is deleted', async () => {
  await open();
  const { id, path } = await leave('202');
  expect([told, lamps]).toEqual([['message-left 202'], ['202']]);
  expect(store.messages).toMatchObject([{ id, state: 'new', path: `voicemail/${domain().id}/202/${id}.wav` }]);
  box('202').heard(id);
  expect(opened.voicemail.watched.of(domain().id, '202')).toMatchObject({ newMessages: 0, oldMessages: 1 });
  const sound = join(data, path);
  await until(() => existsSync(sound.replace('.wav', '.json')));
  box('201').remove([id]);
  expect(opened.voicemail.book.size).toBe(1);
  box('202').remove([id]);
  await until(() => opened.voicemail.unsaved === 0);
  expect(readdirSync(dirname(sound))).toEqual([]);
  expect(store.messages).toEqual([]);
});

test('a mailbox is full by messages and by minutes, those that are being left among them', async () => {
  await open('voicemail: { messages: 2, minutes: 1 }');
  const first = box('202').take({ number: '1' }, 'a') as Draft;
  const second = box('202').take({ number: '2' }, 'b') as Draft;
  expect(first.longestMs).toBe(60_000);
  expect(box('202').take({ number: '3' }, 'c')).toBe('full');
  first.drop();
  recorded(second).keep({ durationMs: 52_000, urgent: false });
  await settle();
  expect(box('202').take({ number: '3' }, 'c')).toBe('full');
  expect(box('201').take({ number: '3' }, 'c')).toMatchObject({ longestMs: 60_000 });
  (box('600').take({ number: '3' }, 'c') as Draft).drop();
  low = true;
  expect(box('600').take({ number: '3' }, 'c')).toBe('low-disk');
  opened.voicemail.book.box(domain().id, '201').drafts.clear();
});

test('where the domain encrypts, so are messages; without a key yet nothing is recorded', async () => {
  await open('recording: { mode: none, encrypt: true }');
  expect(box('202').take({ number: '1' }, 'a')).toBe('no-key');
  await store.recordingKeys.make(domain().id);
  const draft = box('202').take({ number: '1' }, 'a') as Draft;
  expect(draft.path).toMatch(/\.vrec$/);
  expect(draft.seal?.key).toHaveLength(32);
  draft.drop();
});

test('a message is copied to another mailbox, where it is new, and each goes by itself', async () => {
  await open('voicemail: { messages: 1 }');
  const { id } = await leave('202');
  expect(box('202').forward(id, '999')).toBe('no-mailbox');
  expect(box('202').forward(id, '600')).toBe('forwarded');
  await until(() => store.messages.length === 2);
  await settle();
  expect(box('600').messages()).toMatchObject([{ isNew: true, from: { number: '+79161112233' } }]);
  expect(box('202').forward(id, '600')).toBe('full');
  const [copy] = box('600').messages();
  box('202').remove([id]);
  await settle();
  expect(existsSync(copy!.sound && 'file' in copy!.sound ? copy!.sound.file : '')).toBe(true);
  expect(box('202').forward(id, '201')).toBe('gone');
});

test('what a kill cut off appears after the restart, up to its last second; what is too short or empty does not', async () => {
  await open();
  const cut = box('202').take({ number: '+79161112233', name: 'Ivan' }, 'call-1') as Draft;
  const short = box('202').take({ number: '1' }, 'call-2') as Draft;
  const empty = box('202').take({ number: '2' }, 'call-3') as Draft;
  mkdirSync(dirname(cut.path), { recursive: true });
  // As a kill leaves it: the header says nothing yet.
  writeFileSync(cut.path, wav(7, { header: 0 }));
  writeFileSync(short.path, wav(1, { header: 0 }));
  writeFileSync(join(dirname(cut.path), 'orphan000001.wav'), wav(4, { header: 0 }));
  await settle();
  opened.voicemail.book.box(domain().id, '202').drafts.clear();
  await opened.close();
  await open();
  await until(() => opened.voicemail.book.size === 2);
  await until(() => store.messages.length === 2);
  expect(box('202').messages()).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        id: cut.id,
        durationMs: 7_000,
        isNew: true,
        from: { number: '+79161112233', name: 'Ivan' },
      }),
      expect.objectContaining({ id: 'orphan000001', durationMs: 4_000, from: { number: '' } }),
    ]),
  );
  expect(existsSync(empty.path)).toBe(false);
  await until(() => opened.voicemail.unsaved === 0);
  expect(existsSync(short.path)).toBe(false);
});

test('messages go when they are too old, however many there are', async () => {
  await open('voicemail: { keep: 1d, messages: 1000 }');
  for (let nth = 0; nth < 120; nth++) await leave('202', 1);
  expect(opened.voicemail.book.size).toBe(120);
  clock.advance(23 * 3_600_000);
  await settle();
  expect(opened.voicemail.book.size).toBe(120);
  for (let look = 0; look < 5; look++) {
    clock.advance(3_600_000);
    await settle();
  }
  expect(opened.voicemail.book.size).toBe(0);
  await until(() => opened.voicemail.unsaved === 0);
}, 30_000);

test('a thousand messages are listed and marked at once', async () => {
  for (let nth = 0; nth < 1_000; nth++) {
    const domainId = 'd';
    await store.voicemail.put({
      ...{
        id: `m${nth}`,
        domain: domainId,
        box: '202',
        call: '',
        from: { number: '1' },
        takenAt: nth,
        durationMs: 1_000,
      },
      ...{ path: `voicemail/d/202/m${nth}.wav`, state: nth % 2 === 0 ? 'new' : 'heard' },
    });
  }
  await open();
  expect(opened.voicemail.book.size).toBe(1_000);
  for (let nth = 0; nth < 1_000; nth++) expect(opened.voicemail.mark(`m${nth}`, 'heard')).toBe(true);
  await settle();
  expect(store.messages.every(({ state }) => state === 'heard')).toBe(true);
});

test('a greeting is in force when it is kept, and its file goes with it', async () => {
  await open();
  const draft = recorded(box('600').greet('call') as Draft);
  expect(box('600').greeting).toBeUndefined();
  draft.keep({ durationMs: 3_000, urgent: false });
  expect(box('600').greeting).toEqual({ file: draft.path });
  await settle();
  box('600').forgetGreeting();
  await until(() => opened.voicemail.unsaved === 0);
  expect(existsSync(draft.path)).toBe(false);
  expect((await store.voicemail.load()).boxes).toEqual([{ domain: domain().id, box: '600' }]);
});
