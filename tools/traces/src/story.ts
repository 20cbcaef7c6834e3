import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Endpoint, formatEndpoint, parseEndpoint } from '@vats/kernel';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { type PlaceNames, placeKey } from './symbols.ts';

const endpoint = z.string().transform((text, context): Endpoint => {
  const read = parseEndpoint(text);
  if (read.ok) return read.value;
  context.addIssue({ code: 'custom', message: `"${text}" is no endpoint: write 127.0.0.61:5060 or [::1]:5060` });
  return z.NEVER;
});

const party = z.strictObject({
  /** Everywhere it speaks from or listens at, the ports of its TCP connections included. */
  at: z.array(endpoint).min(1),
  /** What it is. */
  is: z.string().min(1),
  /** Its account; a party without one is a stranger to the server. */
  login: z.string().optional(),
  password: z.string().optional(),
  /** The password that its owner typed into it, when that is not the account's. */
  typed: z.string().optional(),
  extension: z.string().optional(),
});

const story = z.strictObject({
  title: z.string().min(1),
  /** What the trace shows, and what is worth knowing about it. */
  shows: z.string().min(1),
  made: z.strictObject({
    on: z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'write the date as 2026-11-23'),
    /** What a person types to make such a trace again. */
    with: z.string().min(1),
    how: z.string().min(1),
  }),
  server: z.strictObject({ at: z.array(endpoint).min(1), is: z.string().min(1) }),
  parties: z.record(z.string(), party),
  /** What the switch of a replay has that the parties alone do not tell: keys of a user of the PBX file. */
  users: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  /** Messages of the trace that make no sense towards another server. */
  omit: z.array(z.strictObject({ message: z.number().int().positive(), because: z.string().min(1) })).optional(),
  /** Where a right server may answer otherwise than the recorded one did, and why. */
  differences: z.array(z.string().min(1)).optional(),
  /** Why the switch does not pass yet: a fault of its that is known. The test fails when it passes all the same. */
  knownFailure: z.string().min(1).optional(),
  /** What each party hears from our switch. */
  expect: z.record(z.string(), z.string()),
});

/** What stands beside a trace: where it comes from, and the right answers. */
export type Story = z.output<typeof story>;
export type Party = z.output<typeof party>;

/** A story that can't be read: the file, the line, what is wrong. */
export class StoryFault extends Error {
  override readonly name = 'StoryFault';
}

/** Reads a story. @throws StoryFault */
export function readStory(file: string): Story {
  if (!existsSync(file)) throw new StoryFault(`${file}: there is no such story`);
  return storyOf(readFileSync(file, 'utf8'), basename(file));
}

export function storyOf(text: string, file: string): Story {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [broken] = document.errors;
  if (broken !== undefined) {
    throw new StoryFault(`${file}:${lines.linePos(broken.pos[0]).line}: ${broken.message.split('\n', 1)[0]}`);
  }
  const read = story.safeParse(document.toJS());
  if (read.success) {
    const stranger = Object.keys(read.data.expect).find((name) => !(name in read.data.parties));
    if (stranger !== undefined) throw new StoryFault(`${file}: expect.${stranger}: there is no such party`);
    return read.data;
  }
  const [issue] = read.error.issues;
  const path = issue?.path ?? [];
  const node = document.getIn(path, true) as { range?: [number, number, number] } | undefined;
  const line = node?.range === undefined ? '' : `:${lines.linePos(node.range[0]).line}`;
  throw new StoryFault(`${file}${line}: ${path.join('.')}: ${issue?.message}`);
}

/** The story of a capture: the same name, other ending. */
export function storyFileOf(capture: string): string {
  return join(dirname(capture), `${basename(capture).replace(/\.pcap(ng)?$/, '')}.yaml`);
}

/** What the endpoints of a story are called. */
export function placesOf({ parties, server }: Pick<Story, 'parties' | 'server'>, serverName = 'switch'): PlaceNames {
  const places = new Map(server.at.map((at) => [placeKey(at), serverName]));
  for (const [name, { at }] of Object.entries(parties)) for (const each of at) places.set(placeKey(each), name);
  return places;
}

/** Which party is at an endpoint. */
export function partyAt({ parties }: Pick<Story, 'parties'>, at: Endpoint): string | undefined {
  const key = formatEndpoint(at);
  return Object.entries(parties).find(([, party]) => party.at.some((each) => formatEndpoint(each) === key))?.[0];
}
