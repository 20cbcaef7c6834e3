import { closeSync, openSync, writeSync } from 'node:fs';
import { openRecording } from '@vats/media';
import type { Command } from 'commander';
import { z } from 'zod';
import { askSwitch } from '../control/control-client.ts';
import { ask, looking, type Print, type Streams, type Where } from './asking.ts';
import { dataDirectory } from './data-directory.ts';
import { CliFailure, EXIT } from './exit-codes.ts';
import { localTime } from './local-time.ts';
import { reasonOf } from './read-text.ts';
import { table } from './table.ts';
import { withSubcommands } from './with-subcommands.ts';

const message = z.object({
  id: z.string(),
  domain: z.string(),
  box: z.string(),
  call: z.string(),
  from: z.object({ number: z.string(), name: z.string().optional() }),
  takenAt: z.number(),
  durationMs: z.number(),
  state: z.string(),
  urgent: z.boolean().optional(),
  forwardedBy: z.string().optional(),
});

const voicemailAnswer = z.object({
  now: z.number(),
  boxes: z.array(
    z.object({
      ...{ domain: z.string(), box: z.string(), pin: z.boolean(), greeting: z.boolean() },
      messages: z.array(message),
    }),
  ),
});

const placedAnswer = message.extend({ file: z.string(), key: z.string().optional() });

/** `vats voicemail …` */
export function addVoicemailCommands(vats: Command, { out }: Streams, print: Print): void {
  const voicemail = looking(
    withSubcommands(vats.command('voicemail')).description('messages in mailboxes, the oldest first'),
  )
    .option('--box <extension>', 'of this mailbox alone')
    .option('--domain <name>', 'of this domain alone')
    .action(async (options: Where & { box?: string; domain?: string }) => {
      const query = new URLSearchParams();
      if (options.box !== undefined) query.set('box', options.box);
      if (options.domain !== undefined) query.set('domain', options.domain);
      print(options, await ask(options, 'GET', `/voicemail?${query}`, voicemailAnswer), voicemailText);
    });
  looking(voicemail.command('play').description('write a message, decrypted, to standard output'))
    .argument('<message>')
    .action(async (id: string, options: Where) => writeTo(1, 'standard output', await placed(id, options)));
  looking(voicemail.command('export').description('write a message, decrypted, to a new file'))
    .argument('<message>')
    .argument('<path>', 'a new file, such as message.wav')
    .action(async (id: string, path: string, options: Where) => {
      const found = await placed(id, options);
      const file = made(path);
      try {
        writeTo(file, path, found);
      } finally {
        closeSync(file);
      }
      out(`${path}\n`);
    });
  for (const [name, state] of [
    ['read', 'heard'],
    ['unread', 'new'],
  ] as const) {
    looking(voicemail.command(name).description(`mark messages as ${state}`))
      .argument('<message...>')
      .action(async (ids: string[], options: Where) => {
        for (const id of ids) await askSwitch(dataDirectory(options), 'POST', pathOf(id), { state });
        out(`${ids.join(', ')}: ${state}\n`);
      });
  }
  looking(voicemail.command('delete').description('delete messages and their sound'))
    .argument('<message...>')
    .action(async (ids: string[], options: Where) => {
      for (const id of ids) await askSwitch(dataDirectory(options), 'DELETE', pathOf(id));
      out(`${ids.join(', ')}: deleted\n`);
    });
  looking(voicemail.command('forget-pin').description('take a forgotten PIN away: a new one is set at an own phone'))
    .argument('<box>', 'the extension of its user or group')
    .option('--domain <name>', 'where there are several')
    .action(async (box: string, options: Where & { domain?: string }) => {
      const domain = options.domain === undefined ? '' : `?domain=${encodeURIComponent(options.domain)}`;
      await askSwitch(dataDirectory(options), 'DELETE', `/voicemail/boxes/${encodeURIComponent(box)}/pin${domain}`);
      out(`mailbox ${box} has no PIN any more\n`);
    });
}

const pathOf = (id: string): string => `/voicemail/messages/${encodeURIComponent(id)}`;

async function placed(id: string, options: Where): Promise<z.output<typeof placedAnswer>> {
  return (await ask(options, 'GET', pathOf(id), placedAnswer)).read;
}

function voicemailText({ boxes }: z.output<typeof voicemailAnswer>): string {
  return table(
    ['mailbox', 'message', 'state', 'left', 'from', 'seconds'],
    boxes.flatMap(({ box, messages }) =>
      messages.map(({ id, state, urgent, takenAt, from, durationMs, forwardedBy }) => [
        ...[box, id, urgent === true ? `${state}, urgent` : state, localTime(takenAt)],
        `${from.number === '' ? 'hidden' : from.number}${from.name === undefined ? '' : ` ${from.name}`}${
          forwardedBy === undefined ? '' : ` by ${forwardedBy}`
        }`,
        `${Math.round(durationMs / 1_000)}`,
      ]),
    ),
    'there is no message',
  );
}

function writeTo(file: number, name: string, { file: path, key }: { file: string; key?: string | undefined }): void {
  try {
    const sound = openRecording(path, key === undefined ? undefined : Buffer.from(key, 'base64'));
    for (const octets of sound.octets()) {
      for (let at = 0; at < octets.length; ) at += writeSync(file, octets, at);
    }
  } catch (error) {
    const { code, message: text } = error as NodeJS.ErrnoException;
    if (code === 'EPIPE') return; // whoever listened has heard enough
    const why = code === undefined ? text : reasonOf(error);
    throw new CliFailure(EXIT.runtime, `${path} can not be written to ${name}: ${why}`);
  }
}

function made(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
    const why = isThere ? 'it is there already: name another' : `${reasonOf(error)}: name one that can be made`;
    throw new CliFailure(EXIT.configuration, `${path}: ${why}`);
  }
}
