import { atOnce } from '@vats/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readingPbx } from '../check/check-pbx.ts';
import type { RegisterNames } from '../check/domain-view.ts';
import type { Problem } from '../problems/problem.ts';
import { arbitraryPbx } from '../testing/arbitrary-pbx.ts';
import { type Applied, type PromptNames, planningApply } from './apply.ts';
import { Directory } from './directory.ts';
import { addUser, removeUser, setPassword } from './edit.ts';
import { FileMemory } from './file-memory.ts';
import { type Domain, EMPTY_MODEL, type Model } from './model.ts';

/*
 * A file of `arbitraryPbx` is applied, then up to 5 times edited by an edit of one line or an exchange for another file, and applied again, each time with what was
 * remembered and without; what holds of one must hold of the other, and is what the next apply meets. So is a file of a company (40 users, 6 groups,
 * 200 numbers, 5 schemes) after up to 6 edits of one or two lines, which remove, double, move and change what is there and what it refers to.
 * The day, prompts, numbering register and --prune change from apply to apply, and now and then the model is changed by hand between two.
 */
const RUNS = 60;
const COMPANY_RUNS = 15;

type Plain = Record<string, unknown>;

const registerOf = (...names: string[]): RegisterNames => ({ has: (name) => names.includes(name), all: () => names });

const circumstances = fc.record({
  now: fc.constantFrom(Date.UTC(2026, 10, 27), Date.UTC(2026, 10, 27), Date.UTC(2027, 0, 5)),
  prune: fc.boolean(),
  prompts: fc.constantFrom<PromptNames>(
    () => new Set(),
    () => new Set(['greeting']),
    (language) => new Set(language === 'en' ? [] : ['greeting']),
  ),
  register: fc.constantFrom(undefined, registerOf('Тверь'), registerOf('Тверь', 'Казань'), registerOf('Казань')),
});
type Circumstances = typeof circumstances extends fc.Arbitrary<infer T> ? T : never;

function applied(
  model: Model,
  text: string,
  { register, ...options }: Circumstances,
  memory?: FileMemory,
): Applied | { ok: false; problems: readonly Problem[] } {
  const read = atOnce(readingPbx(text, 'f.yaml', memory));
  if (!read.ok) return read;
  const known = { ...(register && { register }), ...(memory && { memory }) };
  return atOnce(planningApply(model, read.value, { ...options, ...known, managedBy: 'file:test' }));
}

/** A change of the model that no file makes. */
const byHand = fc.constantFrom<(model: Model) => Applied>(
  (model) => addUser(model, { extension: '299', name: 'By Hand', by: 'cli', domain: nameIn(model) }),
  (model) =>
    addUser(model, {
      extension: '300',
      name: 'X',
      device: { login: 'byhand', password: 'Vf5kNm7Z' },
      by: 'cli',
      domain: nameIn(model),
    }),
  (model) => removeUser(model, { extension: '299', by: 'cli', domain: nameIn(model) }),
  (model) => removeUser(model, { extension: '201', by: 'cli', domain: nameIn(model) }),
  (model) => setPassword(model, { login: 'user205', password: 'Nm7ZVf5k', by: 'cli', domain: nameIn(model) }),
);
const nameIn = (model: Model): string => model.domains[0]?.name ?? 'none.example';

interface Told {
  readonly text: string;
  readonly options: Circumstances;
  readonly byHand?: (model: Model) => Applied;
}

/** Applies one text after the other, with and without memory. */
function compare(steps: readonly Told[]): void {
  let model = EMPTY_MODEL;
  let directory = new Directory(model);
  const memory = new FileMemory(() => model);
  const use = (next: Model): void => {
    model = next;
    directory = new Directory(model, directory);
    for (const domain of model.domains) sameLookUps(directory, new Directory(model), domain);
  };
  for (const { text, options, byHand } of steps) {
    const remembering = applied(model, text, options, memory);
    memory.settle();
    expect(remembering).toEqual(applied(model, text, options));
    if (remembering.ok && 'next' in remembering) use(remembering.next);
    const edited = byHand?.(model);
    if (edited?.ok) use(edited.next);
  }
}

function sameLookUps(one: Directory, other: Directory, domain: Domain): void {
  const names = [
    '201',
    '299',
    'byhand',
    'nobody',
    ...domain.users.flatMap((user) => [user.extension, ...user.devices.map(({ login }) => login)]),
  ];
  for (const name of names) {
    expect(one.findUser(domain, name)).toBe(other.findUser(domain, name));
    expect(one.findDevice(domain, name)).toEqual(other.findDevice(domain, name));
  }
}

const lineEdit = fc.record({
  line: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  from: fc.constantFrom('Anna', 'Vf5kNm7Z', '20s', '201', '+7495', 'extension', 'acme', 'trunk-0', 'true'),
  to: fc.constantFrom('Vera', 'short', '30s', '202', '+7496', 'extenshun', 'acme2', 'nobody', 'false'),
  kind: fc.constantFrom('replace', 'replace', 'drop', 'double'),
});
type LineEdit = typeof lineEdit extends fc.Arbitrary<infer T> ? T : never;

/** From the line that was drawn on, the first that the edit fits. */
function edited(text: string, { line, from, to, kind }: LineEdit): string {
  const lines = text.split('\n');
  const at = Math.floor(line * lines.length);
  if (kind === 'drop') return lines.toSpliced(at, 1).join('\n');
  if (kind === 'double') return lines.toSpliced(at, 0, lines[at]!).join('\n');
  const found = lines.findIndex((each, index) => index >= at && each.includes(from));
  return found < 0 ? text : lines.with(found, lines[found]!.replace(from, to)).join('\n');
}

function written(pbx: Plain, inFlow: boolean): string {
  if (!inFlow) return stringify(pbx, { aliasDuplicateObjects: false });
  const lines = Object.entries(pbx).flatMap(([key, value]) =>
    Array.isArray(value) && value.length > 0
      ? [`${key}:`, ...value.map((entry) => `  - ${JSON.stringify(entry).replaceAll('":', '": ')}`)]
      : [`${key}: ${JSON.stringify(value).replaceAll('":', '": ')}`],
  );
  return `${lines.join('\n')}\n`;
}

test('an apply that remembers says and makes what one does that knows nothing', () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: lineEdit },
    { weight: 1, arbitrary: fc.tuple(arbitraryPbx(), fc.boolean()) },
  );
  const steps = fc.array(fc.tuple(step, circumstances, fc.option(byHand, { freq: 3, nil: undefined })), {
    maxLength: 5,
  });
  fc.assert(
    fc.property(arbitraryPbx(), fc.boolean(), circumstances, steps, (first, inFlow, options, steps) => {
      let text = written(first, inFlow);
      const told: Told[] = [{ text, options }];
      for (const [next, options, byHand] of steps) {
        text = Array.isArray(next) ? written(...next) : edited(text, next);
        told.push({ text, options, ...(byHand && { byHand }) });
      }
      compare(told);
    }),
    { numRuns: RUNS },
  );
}, 120_000);

const numbered = (count: number, line: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => `  - { ${line(index)} }`);

function companyLines(): string[] {
  return [
    'domain: acme.example',
    'timezone: Europe/Moscow',
    'users:',
    ...numbered(
      40,
      (i) =>
        `extension: "${201 + i}", name: User ${i}, devices: [{ login: user${201 + i}, password: Vf5kNm7Z }], noAnswer: { after: 20s, to: "${202 + (i % 39)}" }`,
    ),
    'groups:',
    ...numbered(
      6,
      (i) =>
        `extension: "${601 + i}", name: Group ${i}, members: ["${201 + i}", "${211 + i}", "${231 + i}"], noAnswer: "${221 + i}"`,
    ),
    'trunks: [{ name: itsp, proxy: "sip:192.0.2.1" }]',
    'numbers:',
    ...numbered(
      200,
      (i) =>
        `number: "+7495${1_000_000 + i}", trunk: itsp, scheme: scheme-${i % 5}${i % 40 === 0 ? ', byCaller: [{ region: Тверь, to: "201" }]' : ''}`,
    ),
    'schemes:',
    ...numbered(
      5,
      (i) =>
        `name: scheme-${i}, hours: { mon-fri: "09:00-18:00", except: { "2026-12-31": closed } }, open: [{ play: greeting }, { ring: "${601 + i}" }], closed: [{ ring: "${201 + i}" }]`,
    ),
    'outbound:',
    '  - { match: "+7*", trunk: itsp }',
    '',
  ];
}

const REPLACED: readonly (readonly [from: string | RegExp, to: string])[] = [
  [/name: User \d+/, 'name: Renamed'],
  [/after: 20s/, 'after: 25s'],
  [/to: "2\d\d"/, 'to: "210"'],
  [/to: "2\d\d"/, 'to: "999"'],
  [/to: "2\d\d"/, 'to: voicemail'],
  [/extension: "2\d\d"/, 'extension: "205"'],
  [/extension: "2\d\d"/, 'extension: "288"'],
  [/login: user\d+/, 'login: user205'],
  [/login: user\d+/, 'login: "206"'],
  [/Vf5kNm7Z/, 'Nm7ZVf5k'],
  [/Vf5kNm7Z/, 'short'],
  [/devices: \[[^\]]*\], /, ''],
  [/devices:/, 'forward: { always: "203" }, devices:'],
  [/devices:/, 'callerId: "+74951000003", devices:'],
  [/login: user/, 'did: to, login: user'],
  [/members: \["\d+"/, 'members: ["202", "202"'],
  [/name: Group \d/, 'name: Sales'],
  [/scheme: scheme-\d/, 'to: "201"'],
  [/scheme: scheme-\d/, 'to: "201", scheme: scheme-1'],
  [/, trunk: itsp/, ''],
  [/name: itsp/, 'name: other'],
  [/2026-12-31/, '2026-01-01'],
  [/scheme-\d, hours/, 'scheme-9, hours'],
  [/"\+7\*"/, '"+*"'],
  [/\{ ring: "6\d\d" \}/, '{ goto: scheme-2 }'],
  ['itsp }', 'nobody }'],
  [/region: \S+,/, 'region: Казань,'],
  [/region: \S+,/, 'region: Рязань,'],
  [/scheme: scheme-\d \}/, 'scheme: scheme-0, byCaller: [{ region: Казань, to: "202" }] }'],
  ['Europe/Moscow', 'Asia/Tokyo'],
  ['20s', '20'],
];

const companyEdit = fc.record({
  kind: fc.constantFrom('replace', 'replace', 'replace', 'replace', 'drop', 'double', 'move'),
  line: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  to: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  replaced: fc.constantFrom(...REPLACED),
});
type CompanyEdit = typeof companyEdit extends fc.Arbitrary<infer T> ? T : never;

function editedCompany(lines: readonly string[], { kind, line, to, replaced: [from, instead] }: CompanyEdit): string[] {
  const at = Math.floor(line * lines.length);
  const entries = lines.flatMap((text, index) => (text.startsWith('  -') ? [index] : []));
  const entry = entries[Math.floor(line * entries.length)] ?? 0;
  if (kind === 'drop') return lines.toSpliced(entry, 1);
  if (kind === 'double') return lines.toSpliced(Math.floor(to * lines.length), 0, lines[entry]!);
  if (kind === 'move')
    return lines.toSpliced(entry, 1).toSpliced(entries[Math.floor(to * (entries.length - 1))] ?? 1, 0, lines[entry]!);
  const fits = lines.flatMap((text, index) => (text.search(from) >= 0 ? [index] : []));
  const found = fits.find((index) => index >= at) ?? fits[0];
  return found === undefined ? [...lines] : lines.with(found, lines[found]!.replace(from, instead));
}

test('the same holds of a company, of which a line is changed at a time', () => {
  const edits = fc.array(companyEdit, { minLength: 1, maxLength: 2 });
  const step = fc.tuple(edits, circumstances, fc.option(byHand, { freq: 3, nil: undefined }), fc.boolean());
  fc.assert(
    fc.property(circumstances, fc.array(step, { maxLength: 6 }), (options, steps) => {
      let lines = companyLines();
      const told: Told[] = [{ text: lines.join('\n'), options }];
      for (const [edits, options, byHand, isTakenBack] of steps) {
        const next = edits.reduce(editedCompany, lines);
        told.push({ text: next.join('\n'), options, ...(byHand && { byHand }) });
        if (!isTakenBack) lines = next;
      }
      compare(told);
    }),
    { numRuns: COMPANY_RUNS },
  );
}, 120_000);
