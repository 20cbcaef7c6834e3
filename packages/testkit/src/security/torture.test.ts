import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { World } from '../world.ts';
import { rawRequest, Stranger } from './stranger.ts';

/** Our torture messages, with what a whole switch answers a stranger where that is told. */
interface TortureCase {
  readonly file: string;
  readonly title: string;
  readonly sections: readonly string[];
  readonly expect: 'good' | Readonly<Record<'unreadable' | 'refused' | 'discarded', unknown>>;
  readonly answer?: number | 'silence' | 'challenge';
}

const ROOT = new URL('../../../../', import.meta.url);
const FOLDER = new URL('fixtures/torture/', ROOT);
const CORPUS = process.env.VATS_SHARED ?? fileURLToPath(new URL('../shared', ROOT));
const PHONES = `${CORPUS}/corpus/phones/`;
const cases = JSON.parse(readFileSync(new URL('index.json', FOLDER), 'utf8')) as TortureCase[];

let world: World;
let stranger: Stranger;

beforeAll(async () => {
  world = await World.open({});
  stranger = await Stranger.overUdp(world);
});

afterAll(async () => {
  await stranger.leaves();
  await world.close();
});

/** Statuses that this gets at once; it is answered where the request came from, whatever its Via says. */
function answersTo(octets: Buffer): number[] {
  stranger.hears();
  stranger.says(octets);
  return stranger.hears().map((label) => Number.parseInt(label, 10));
}

/** The switch is as well as before. */
function isWell(): boolean {
  return answersTo(Buffer.from(rawRequest({ method: 'OPTIONS' }), 'latin1')).join() === '200';
}

/** A Via that asks for its answer at the stranger's port, which hears no other. */
function withRport(octets: Buffer): Buffer {
  const text = octets.toString('latin1');
  const via = /^(?:via|v)[ \t]*:(?:[^\r\n,]|\r\n[ \t])*/im.exec(text);
  if (via === null || /;\s*rport/i.test(via[0])) return octets;
  const at = via.index + via[0].trimEnd().length;
  return Buffer.from(`${text.slice(0, at)};rport${text.slice(at)}`, 'latin1');
}

const answered = cases.filter((torture) => torture.answer !== undefined);

describe('a stranger sends what nobody should', () => {
  test.each(answered)('$sections.0 at a whole switch: $title', ({ file, answer }) => {
    const answers = answersTo(withRport(readFileSync(new URL(file, FOLDER))));
    if (answer === 'silence') expect(answers).toEqual([]);
    else if (answer === 'challenge') expect([[401], [407]]).toContainEqual(answers);
    else expect(answers).toEqual([answer]);
    expect(isWell()).toBe(true);
  });

  test.each(cases)(
    '$file gets one answer at most, no 500, and 400 only where it is wrong',
    ({ file, expect: expected }) => {
      const answers = answersTo(withRport(readFileSync(new URL(file, FOLDER))));
      expect(answers.length).toBeLessThanOrEqual(1);
      expect(answers).not.toContain(500);
      if (expected === 'good') expect(answers).not.toContain(400);
      expect(isWell()).toBe(true);
    },
  );
});

describe.runIf(existsSync(PHONES))('requests of real phones', () => {
  const files = existsSync(PHONES) ? readdirSync(PHONES).filter((name) => name.endsWith('.sip')) : [];

  test.each(files)('%s is answered, and neither by 400 nor by 500', (file) => {
    const octets = readFileSync(`${PHONES}${file}`);
    const isSilent = octets.toString('latin1', 0, 4) === 'ACK ' || file.startsWith('friendly-scanner');
    const answers = answersTo(withRport(octets));
    expect(answers.length).toBe(isSilent ? 0 : 1);
    expect(answers.filter((status) => status === 400 || status === 500)).toEqual([]);
    expect(isWell()).toBe(true);
  });
});
