import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseMessage } from './parse-message.ts';
import {
  CORPUS_FOLDER,
  expectSameWhenRewritten,
  good,
  outcomeOf,
  readEverything,
  unreadableFields,
} from './testing/torture-cases.ts';

interface CorpusCase {
  readonly name: string;
  readonly section: string;
  readonly file: string;
  readonly valid: boolean;
  readonly kind: 'request' | 'response';
  readonly codes?: readonly number[];
  readonly mayAccept?: boolean;
}

describe.runIf(existsSync(join(CORPUS_FOLDER, 'index.json')))('the messages of RFC 4475', () => {
  const corpus = existsSync(CORPUS_FOLDER)
    ? (JSON.parse(readFileSync(join(CORPUS_FOLDER, 'index.json'), 'utf8')) as CorpusCase[])
    : [];

  test.each(corpus)('RFC 4475 §$section: $name', (torture) => {
    const octets = readFileSync(join(CORPUS_FOLDER, torture.file));
    const outcome = outcomeOf(octets);
    const parsed = parseMessage(octets);
    if (parsed.ok) readEverything(parsed.value);
    if (torture.valid) {
      expect(outcome).toBe('good');
      expectSameWhenRewritten(octets);
    } else if (torture.kind === 'response') expect(outcome).not.toBe('good');
    else if (!LEFT_TO_OTHERS.has(torture.name)) {
      expect(outcome).toHaveProperty('refused');
      expect(torture.codes).toContain((outcome as { refused: number }).refused);
    }
  });

  /** Date is not ours to judge where it is not used (RFC 4475 §3.1.2.12). */
  const LEFT_TO_OTHERS = new Set(['baddate']);
});

describe.runIf(existsSync(join(CORPUS_FOLDER, 'phones')))('messages of shipped products', () => {
  const directory = join(CORPUS_FOLDER, 'phones');
  const files = existsSync(directory)
    ? readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sip'))
    : [];

  /** What their makers wrote wrong: a quote that never ends, a blank before the host, a letter in the bracket's place. */
  const WRITTEN_WRONG: Readonly<Record<string, string[]>> = {
    'windows-rtc-1-0--register.sip': ['Authorization'],
    'responses/sct-dss-v1-0--200.sip': ['Contact'],
    'responses/sip-express-router-0-8-11pre21xrc-i386-linux--200.sip': ['Contact'],
  };

  test.each(files)('%s', (file) => {
    const octets = readFileSync(join(directory, file));
    expect(outcomeOf(octets)).toBe('good');
    const message = good(parseMessage(octets));
    readEverything(message);
    expect(unreadableFields(message)).toEqual(WRITTEN_WRONG[file] ?? []);
    expectSameWhenRewritten(octets);
  });
});
