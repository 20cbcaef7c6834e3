import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Endpoint, isIPv6, parseEndpoint, SystemClock, SystemRandom } from '@vats/kernel';
import { SystemNetwork } from '@vats/sip';
import { cutTrace } from './cut-trace.ts';
import { drawLadder } from './ladder.ts';
import { leaksOf, namesOfThisMachine } from './leaks.ts';
import { lineDiff } from './line-diff.ts';
import { normalise, textOf } from './normalise.ts';
import { clearingOf } from './replay/clearing.ts';
import { compare, draft } from './replay/expectation.ts';
import { rehearse } from './replay/in-memory.ts';
import { NetworkTarget } from './replay/network-target.ts';
import { officeOf } from './replay/office.ts';
import { Replay, type ReplayOutcome } from './replay/replay.ts';
import { placesOf, readStory, type Story, storyFileOf } from './story.ts';
import { storyDraft } from './story-draft.ts';
import { captureUntilTold } from './studio/capture.ts';
import { SCENES } from './studio/scenes/index.ts';
import { insideNamespace, namesOutside, Studio } from './studio/studio.ts';
import { placeKey, Symbols } from './symbols.ts';
import { readTrace, type Trace } from './trace.ts';

/** What a person typed makes no sense; the message says why. */
export class UsageFault extends Error {
  override readonly name = 'UsageFault';
}

export interface Flags {
  readonly out?: string | undefined;
  readonly ports?: string | undefined;
  readonly interface?: string | undefined;
  readonly to?: string | undefined;
  readonly normal?: boolean | undefined;
  readonly messages?: string | undefined;
}

type Command = (args: readonly string[], flags: Flags) => number | Promise<number>;

const FIXTURES = 'fixtures/traces';

/** The commands by name; each gives the exit code. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  ladder: ([file]) => {
    const trace = readTrace(given(file));
    print(drawLadder(trace, placesIfAny(file!)));
    for (const { frame, what } of trace.oddities) print(`frame ${frame}: ${what}\n`);
    return 0;
  },

  show: ([file], { normal }) => {
    const symbols = new Symbols(placesIfAny(given(file)));
    for (const { number, at, from, to, transport, sip, octets } of readTrace(file!).messages) {
      print(`--- ${number}, ${(at / 1_000).toFixed(3)} s, ${transport}, ${placeKey(from)} -> ${placeKey(to)}\n`);
      const text = normal === true && sip !== undefined ? textOf(normalise(sip, symbols)) : octets.toString('utf8');
      print(`${text.replaceAll('\r', '').trimEnd()}\n\n`);
    }
    return 0;
  },

  cut: ([file], { out, messages }) => {
    const limit = messages === undefined ? {} : { messages: Number(messages) };
    writeFileSync(given(out, '--out FILE'), cutTrace(readFileSync(given(file)), file!, limit));
    return 0;
  },

  capture: async ([name], { ports, interface: from = 'lo', out = '.' }) => {
    const list = given(ports, '--ports 5060,…').split(',').map(Number);
    if (list.some((port) => !Number.isInteger(port) || port < 1 || port > 65_535)) {
      throw new UsageFault(`--ports ${ports}: write port numbers with commas between them`);
    }
    const file = join(out, `${given(name, 'NAME')}.pcap`);
    const raw = await captureUntilTold(list, from);
    return keep(cutTrace(readFileSync(raw), file), file);
  },

  scenes: () => {
    for (const { name } of SCENES) print(`${name}\n`);
    return 0;
  },

  record: async (names, { out = FIXTURES }) => {
    const scenes = SCENES.filter(({ name }) => names.includes(name));
    const unknown = names.find((name) => !SCENES.some((scene) => scene.name === name));
    if (scenes.length === 0 || unknown !== undefined) throw new UsageFault(`no scene "${unknown ?? ''}": see scenes`);
    if (namesOutside() === undefined) return insideNamespace(process.argv.slice(1));
    mkdirSync(out, { recursive: true });
    process.once('SIGINT', () => process.exit(130)); // and with it every program of the scene
    for (const scene of scenes) {
      const scratch = mkdtempSync(join(tmpdir(), `trace-${scene.name}-`));
      const raw = await Studio.record(scene, scratch);
      const file = join(out, `${scene.name}.pcap`);
      const code = keep(cutTrace(readFileSync(raw), raw, scene.keep ?? {}), file);
      if (code !== 0) return code;
    }
    return 0;
  },

  replay: async (files, { to }) => {
    given(files[0]);
    const at = to === undefined ? undefined : endpointOf(to);
    let failed = 0;
    for (const file of files) {
      const trace = readTrace(file);
      const story = readStory(storyFileOf(file));
      const outcome = at === undefined ? (await rehearse(trace, story)).outcome : await playFor(trace, story, at);
      const good = report(file, story, outcome, at);
      if (!good) failed += 1;
    }
    return failed === 0 ? 0 : 1;
  },

  office: ([file]) => {
    print(officeOf(readStory(storyFileOf(given(file)))));
    return 0;
  },

  draft: async ([file]) => {
    const story = readStory(storyFileOf(given(file)));
    const { outcome } = await rehearse(readTrace(file!), story);
    const symbols = new Symbols(placesOf(story));
    for (const party of Object.keys(story.parties)) {
      print(`  ${party}: |\n${draft(outcome, party, symbols).replace(/^(?=.)/gm, '    ')}\n`);
    }
    for (const failure of outcome.failures) process.stderr.write(`${failure}\n`);
    return 0;
  },
};

/**
 * Plays a trace over the machine's own sockets, with its parties' bindings taken back before; the parties bind their
 * recorded addresses.
 */
async function playFor(trace: Trace, story: Story, switchAt: Endpoint): Promise<ReplayOutcome> {
  if (!story.server.at.some(({ address }) => isIPv6(address) === isIPv6(switchAt.address))) {
    throw new UsageFault(`${trace.name}: --to ${placeKey(switchAt)} is of another family than the trace's addresses`);
  }
  const clearing = clearingOf(story, new SystemRandom().token(8));
  const cleared = await playOver(clearing, story, { switchAt, linger: 100 });
  const outcome = await playOver(trace, story, { switchAt });
  return { ...outcome, notes: [...cleared.notes.filter((note) => note.startsWith('message')), ...outcome.notes] };
}

async function playOver(
  trace: Trace,
  story: Story,
  options: { readonly switchAt: Endpoint; readonly linger?: number },
): Promise<ReplayOutcome> {
  const target = await NetworkTarget.open(new SystemNetwork(), trace, story);
  try {
    return await new Promise((resolve) => {
      new Replay({ trace, story, target, clock: new SystemClock(), ...options }, resolve);
    });
  } finally {
    await target.close();
  }
}

function report(file: string, story: Story, outcome: ReplayOutcome, at: Endpoint | undefined): boolean {
  const places = at === undefined ? placesOf(story) : new Map([...placesOf(story), [placeKey(at), 'switch']]);
  const wrong = compare(outcome, story, new Symbols(places)).filter(({ heard, expected }) => heard !== expected);
  const good = wrong.length === 0 && outcome.failures.length === 0;
  const known = !good && story.knownFailure !== undefined;
  print(`${good ? 'good ' : known ? 'known' : 'BAD  '} ${file}: ${story.title}\n`);
  if (known) print(`      ${story.knownFailure!.trim()}\n`);
  for (const failure of outcome.failures) print(`      ${failure}\n`);
  for (const note of outcome.notes) print(`      (${note})\n`);
  for (const { party, expected, heard } of wrong) {
    print(`      ${party}, - was to hear, + heard:\n${lineDiff(expected, heard).replace(/^(?=.)/gm, '        ')}\n`);
  }
  return good || known;
}

/** Writes a trace that tells nothing of this machine, and begins its story where there is none. */
function keep(octets: Buffer, file: string): number {
  writeFileSync(file, octets);
  const trace = readTrace(file);
  const leaks = leaksOf(trace, namesOutside() ?? namesOfThisMachine());
  const story = storyFileOf(file);
  if (!existsSync(story)) writeFileSync(story, storyDraft(trace));
  print(`${file}: ${trace.messages.length} messages, ${octets.length} octets\n`);
  for (const leak of leaks)
    process.stderr.write(`${file}: ${leak}: take it again in a namespace, or do not share it\n`);
  return leaks.length === 0 ? 0 : 1;
}

function placesIfAny(file: string) {
  const story = storyFileOf(file);
  if (!existsSync(story)) return new Map<string, string>();
  const read = readStory(story);
  return placesOf(read, read.server.is.split(/[ ,]/, 1)[0]!.toLowerCase());
}

function endpointOf(text: string): Endpoint {
  const read = parseEndpoint(text);
  if (!read.ok) throw new UsageFault(`--to ${text}: write 127.0.0.1:5060 or [::1]:5060`);
  return read.value;
}

function given(value: string | undefined, what = 'FILE'): string {
  if (value === undefined) throw new UsageFault(`${what} is missing`);
  return value;
}

function print(text: string): void {
  process.stdout.write(text);
}
