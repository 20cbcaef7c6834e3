import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SeededRandom } from '@vats/kernel/testing';
import { describe, expect, test } from 'vitest';
import { readCorpus, writeCorpus, writeFault } from './corpus.ts';
import { Fuzzer } from './fuzzer.ts';
import { mutated } from './mutate.ts';
import { SeenBlocks } from './seen-blocks.ts';
import { shrunk } from './shrink.ts';
import { loadTarget, TARGET_NAMES } from './targets.ts';

interface Told {
  readonly target: string;
  readonly executions: number;
  readonly covered: number;
  readonly kept: number;
  readonly faults: readonly { readonly what: string; readonly after: number; readonly octets: string }[];
}

/** Fuzzes in a process of its own: V8 tells blocks only of code that it loads while it counts. */
function fuzz(...options: readonly string[]): Told[] {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [main, '--json', ...options], { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Told);
}

describe('guidance', () => {
  const RUNS = '60000';

  test('finds a fault behind three conditions', () => {
    const [told] = fuzz('--runs', RUNS, '--first', 'planted');
    expect(told?.faults[0]?.what).toBe('the planted fault');
    expect(told?.executions).toBeLessThan(Number(RUNS));
    const octets = Buffer.from(told!.faults[0]!.octets, 'base64');
    expect([octets[0], octets[2], octets[3]]).toEqual([0x9b, 0x2e, 0xd7]);
  }, 300_000);

  test('is what finds it: as many blind changes do not', () => {
    const [told] = fuzz('--runs', RUNS, '--first', '--blind', 'planted');
    expect(told).toMatchObject({ executions: Number(RUNS), faults: [] });
  }, 300_000);
});

describe('a search through a batch', () => {
  /** What runs when inputs are read one after another, as a coverage that `blocksOf` all of them since the last look. */
  function looked(blocksOf: (inputs: readonly Buffer[]) => readonly number[]) {
    let inputs: Buffer[] = [];
    let looks = 0;
    const take = () => {
      const functions = blocksOf(inputs).map((at) => ({
        functionName: '',
        ranges: [{ startOffset: at, endOffset: at + 1, count: 1 }],
      }));
      inputs = [];
      looks++;
      return [{ url: 'x', functions }];
    };
    const target = { run: (octets: Buffer) => void inputs.push(octets), seeds: ['seed'], words: [] };
    const random = new SeededRandom(1);
    const report = new Fuzzer({ target, random, corpus: [], coverage: { take } }).run(4_000);
    return { report, looks };
  }

  test('keeps the inputs alone that run something new, each once', () => {
    const { report } = looked((inputs) => [...new Set(inputs.map(({ length }) => Math.min(length, 9)))]);
    const lengths = report.kept.map(({ length }) => Math.min(length, 9));
    expect(lengths.length).toBeGreaterThan(5);
    expect(new Set(lengths).size).toBe(lengths.length);
  });

  test('is made once for what no input runs by itself, and looks grow rare where there is nothing', () => {
    const { report, looks } = looked((inputs) => (inputs.length > 1 ? [1, 2] : [1]));
    expect(report.kept).toHaveLength(1);
    // Both first, 64 inputs in parts of 32 down to 1, and then batches that double.
    expect(looks).toBeLessThan(150);
    const quiet = looked(() => [1]);
    expect(quiet.looks).toBeLessThan(12);
  });
});

describe('every target', () => {
  test('holds through a short run, and the same seed does the same again', () => {
    const first = fuzz('--runs', '300');
    expect(first.map(({ target }) => target)).toEqual(TARGET_NAMES);
    expect(first.filter(({ faults }) => faults.length > 0)).toEqual([]);
    // What ran counts too: a target that reads nothing finds nothing.
    expect(first.filter(({ covered }) => covered < 1_000)).toEqual([]);
    expect(fuzz('--runs', '300', 'cseq')).toEqual(fuzz('--runs', '300', 'cseq'));
  }, 300_000);

  test.each(TARGET_NAMES)('%s: what was found once holds', async (name) => {
    const target = await loadTarget(name);
    for (const { file, octets } of readCorpus(name)) expect(() => target.run(octets), file).not.toThrow();
  });

  test('that does not exist is refused with those that do', async () => {
    await expect(loadTarget('nothing')).rejects.toThrow('there is no target nothing: message, stream');
  });
});

test('changes are bounded, and the same numbers make the same ones', () => {
  const original = Buffer.from('INVITE sip:a@h SIP/2.0\r\nContent-Length: 12\r\n');
  const all = (seed: number) => {
    const random = new SeededRandom(seed);
    const material = { random, words: ['Via: '], other: Buffer.from('x'.repeat(90)), longest: 100 };
    return Array.from({ length: 2_000 }, () => mutated(original, material));
  };
  expect(all(1)).toEqual(all(1));
  expect(new Set(all(1).map(String)).size).toBeGreaterThan(1_500);
  expect(Math.max(...all(2).map(({ length }) => length))).toBe(100);
  expect(
    mutated(Buffer.alloc(0), { random: new SeededRandom(1), words: [], other: Buffer.alloc(0), longest: 9 }),
  ).toBeDefined();
});

test('what is shrunk has nothing that could be left out', () => {
  const needs = (octets: Buffer) => octets.includes('A') && octets.includes('Z');
  expect(shrunk(Buffer.from('....A........Z..'), needs).toString()).toBe('AZ');
  expect(shrunk(Buffer.from('all'), () => false).toString()).toBe('all');
  expect(shrunk(Buffer.from('all'), () => true).length).toBe(0);
});

test('a block within another counts for itself', () => {
  const seen = new SeenBlocks();
  const ran = (count: number) => [
    {
      url: 'x',
      functions: [
        {
          functionName: 'f',
          ranges: [
            { startOffset: 10, endOffset: 30, count: 1 },
            { startOffset: 15, endOffset: 20, count },
          ],
        },
      ],
    },
  ];
  expect(seen.note(ran(0))).toBe(true);
  expect(seen.size).toBe(15);
  expect(seen.note(ran(0))).toBe(false);
  expect(seen.additions(ran(7))).toBe(5);
  expect(seen.note(ran(1))).toBe(true);
  expect(seen.additions(ran(9))).toBe(0);
});

test('a corpus is kept as it is given, and faults stay beside it', () => {
  const folder = `${mkdtempSync(join(tmpdir(), 'fuzz-'))}/`;
  const fault = writeFault('x', Buffer.from('bad'), folder);
  writeCorpus('x', [Buffer.from('one'), Buffer.from('two')], folder);
  writeCorpus('x', [Buffer.from('one'), Buffer.from('three')], folder);
  const kept = readCorpus('x', folder);
  expect(kept.map(({ octets }) => octets.toString()).sort()).toEqual(['bad', 'one', 'three']);
  expect(readdirSync(`${folder}x`)).toContain(fault);
  expect(readCorpus('y', folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});
