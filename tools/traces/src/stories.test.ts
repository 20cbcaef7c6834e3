import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { leaksOf } from './leaks.ts';
import { compare } from './replay/expectation.ts';
import { rehearse } from './replay/in-memory.ts';
import { placesOf, readStory, storyFileOf } from './story.ts';
import { Symbols } from './symbols.ts';
import { readTrace } from './trace.ts';

const folder = fileURLToPath(new URL('../../../fixtures/traces/', import.meta.url));
const captures = readdirSync(folder)
  .filter((name) => /\.pcap(ng)?$/.test(name))
  .map((name) => ({ name: name.replace(/\.pcap(ng)?$/, ''), file: `${folder}${name}` }));

test('there are traces, and no story without one', () => {
  expect(captures.length).toBeGreaterThan(20);
  const stories = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  expect(stories.map((name) => name.replace('.yaml', '')).sort()).toEqual(captures.map(({ name }) => name).sort());
});

describe.each(captures)('$name', ({ file }) => {
  const story = readStory(storyFileOf(file));

  test('is small, whole, and tells nothing of the machine that it was made on', () => {
    expect(statSync(file).size).toBeLessThan(60 * 1024);
    const trace = readTrace(file);
    expect(trace.oddities).toEqual([]);
    expect(leaksOf(trace)).toEqual([]);
    // Every message is one of the server's or of a party that the story names.
    const known = new Set(placesOf(story).keys());
    const strangers = trace.messages.filter(({ from, to }) => {
      return ![from, to].some(({ address, port }) =>
        known.has(address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`),
      );
    });
    expect(strangers.map(({ number }) => number)).toEqual([]);
  });

  const replays = story.knownFailure === undefined ? test : test.fails;
  replays('our switch answers as the story says', async () => {
    const { outcome, leftovers } = await rehearse(readTrace(file), story);
    expect(outcome.failures).toEqual([]);
    const verdicts = compare(outcome, story, new Symbols(placesOf(story)));
    for (const { party, heard, expected } of verdicts) expect(`${party}:\n${heard}`).toBe(`${party}:\n${expected}`);
    expect(leftovers).toEqual([]);
  });
});
