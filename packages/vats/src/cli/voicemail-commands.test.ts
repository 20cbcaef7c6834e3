import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Draft } from '@vats/calls';
import { beforeEach, expect, test } from 'vitest';
import { data, json, running, serve, useSwitch, vats } from './testing/served-switch.ts';

useSwitch();
beforeEach(() => serve());

/** Puts a message into Boris' mailbox. */
async function left(): Promise<string> {
  const [domain] = running.model.directory.model.domains;
  const box = running.voicemail.find(domain!, '202')!;
  const draft = box.take({ number: '+79161112233', name: 'Ivan\u001b[31m' }, 'call-1') as Draft;
  mkdirSync(join(draft.path, '..'), { recursive: true });
  writeFileSync(draft.path, 'RIFF of sound');
  draft.keep({ durationMs: 12_300, urgent: true });
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  return draft.id;
}

test('lists what lies in mailboxes, by mailbox and domain', async () => {
  expect((await vats('voicemail')).out).toBe('there is no message\n');
  const id = await left();
  const { out } = await vats('voicemail', '--box', '202');
  expect(out).toContain(id);
  expect(out).toMatch(/new, urgent .* \+79161112233 Ivan.* 12/);
  expect(out).not.toContain('\u001b');
  expect((await vats('voicemail', '--box', '201')).out).toBe('there is no message\n');
  expect((await vats('voicemail', '--domain', 'other.example')).err).toContain('other.example');
  expect(await json('voicemail')).toMatchObject({
    boxes: [{ domain: 'acme.example', box: '202', pin: false, messages: [{ id, state: 'new', durationMs: 12_300 }] }],
  });
});

test('a message is exported, played, marked and deleted by its id alone, wherever that may point', async () => {
  const id = await left();
  const to = join(data, 'out.wav');
  expect(await vats('voicemail', 'export', id, to)).toMatchObject({ code: 0, out: `${to}\n` });
  expect(readFileSync(to, 'utf8')).toBe('RIFF of sound');
  expect((await vats('voicemail', 'export', id, to)).err).toMatch(/it is there already: name another/);
  expect((await vats('voicemail', 'export', '../../key', to)).err).toMatch(/there is no message \.\.\/\.\.\/key/);
  expect((await vats('voicemail', 'read', id)).out).toBe(`${id}: heard\n`);
  expect((await vats('voicemail')).out).toContain('heard, urgent');
  expect((await vats('voicemail', 'delete', id)).code).toBe(0);
  expect((await vats('voicemail')).out).toBe('there is no message\n');
  expect((await vats('voicemail', 'delete', id)).err).toMatch(/there is no message/);
});

test('a forgotten PIN is taken away, and never shown', async () => {
  const [domain] = running.model.directory.model.domains;
  running.voicemail.find(domain!, '202')!.setPin('48213');
  expect(JSON.stringify(await json('voicemail'))).not.toMatch(/48213|digest|salt/);
  expect((await vats('voicemail', 'forget-pin', '202')).out).toBe('mailbox 202 has no PIN any more\n');
  expect(running.voicemail.find(domain!, '202')!.hasPin).toBe(false);
  expect((await vats('voicemail', 'forget-pin', '202')).err).toMatch(/mailbox 202 has no PIN/);
});
