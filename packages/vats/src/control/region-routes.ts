import { type Domain, formatProblem, type NumberRegister, normaliseNumber, type Problem } from '@vats/pbx';
import { z } from 'zod';
import type { Switch } from '../create-switch.ts';
import { regionsOf, regionsUsed } from '../numbering/own-regions.ts';
import { bodyOf } from './body-of.ts';
import { ControlError, type ControlRoutes } from './control-server.ts';
import { listRefused } from './list-change.ts';
import { theDomain } from './the-domain.ts';

const FILES_AT_MOST = 16;
const importBody = z.strictObject({
  files: z
    .array(z.strictObject({ path: z.string(), name: z.string() }))
    .min(1)
    .max(FILES_AT_MOST),
  dryRun: z.boolean().default(false),
});
const NAMES_ASKED_AT_MOST = 10_000;
const knownBody = z.strictObject({ names: z.array(z.string()).max(NAMES_ASKED_AT_MOST) });

const LISTED_AT_MOST = 1_000;
/** Names that came or went, told one by one. */
const NAMES_TOLD = 100;

/** What the operator's commands may ask and order about the numbering register. */
export function regionRoutes({ model, numbering }: Pick<Switch, 'model' | 'numbering'>): ControlRoutes {
  return {
    'PUT /regions': async ({ body }) => {
      const { files, dryRun } = bodyOf(importBody, body);
      const read = await numbering.import(files, dryRun);
      if (!read.ok) throw listRefused(read.problems);
      const { before, after, about } = read.value;
      return {
        ...about,
        ...countsOf(after),
        ...changesOf(before, after),
        warnings: [...read.warnings, ...gone(model.directory.model.domains, after)].map(formatProblem),
        saved: !dryRun,
      };
    },
    'GET /regions': () => {
      const { register, about } = numbering;
      return register === undefined ? {} : { register: { ...about, ...countsOf(register) } };
    },
    'GET /regions/names': ({ query }) => {
      const text = (query.get('text') ?? '').toLowerCase();
      const limit = Math.min(Number(query.get('limit') ?? 100) || 100, LISTED_AT_MOST);
      const all = [...(numbering.register?.names.values() ?? [])]
        .filter(({ name }) => name.toLowerCase().includes(text))
        .sort((one, other) => other.numbers - one.numbers || (one.name < other.name ? -1 : 1));
      return { size: all.length, names: all.slice(0, limit) };
    },
    /** Of the names that a file has, those that the register knows; no answer of them where there is no register. */
    'POST /regions/known': ({ body }) => {
      const { names } = bodyOf(knownBody, body);
      const { register } = numbering;
      if (register === undefined) return {};
      return { known: names.filter((name) => register.has(name)), all: numbering.names?.all() ?? [] };
    },
    'GET /explain/number': ({ query }) => {
      const text = query.get('number') ?? '';
      const name = query.get('domain') ?? undefined;
      const { kind, number } = normaliseNumber(text);
      if (kind !== 'e164') {
        const remedy = 'write it in full, such as +74951234567';
        throw new ControlError(422, `${text} is not a public telephone number: ${remedy}`);
      }
      const domains = name === undefined ? model.directory.model.domains : [theDomain(model, name)];
      const place = numbering.find(number);
      return {
        number,
        imported: numbering.register !== undefined,
        ...(place !== undefined && { place }),
        own: domains.flatMap((domain) => {
          const regions = regionsOf(domain, number);
          return regions.length === 0 ? [] : [{ domain: domain.name, regions }];
        }),
      };
    },
  };
}

function countsOf(register: NumberRegister) {
  const { size, numbers, operators, names } = register;
  return { ranges: size, numbers, operators, regions: names.size };
}

/** The names that callers can be told apart by, against those of the register before. */
function changesOf(before: NumberRegister | undefined, after: NumberRegister) {
  const missing = (from: NumberRegister | undefined, other: NumberRegister | undefined): string[] =>
    [...(from?.names ?? [])].flatMap(([key, { name }]) => (other?.names.has(key) === true ? [] : [name]));
  const [came, went] = [before === undefined ? [] : missing(after, before), missing(before, after)];
  return {
    came: { size: came.length, names: came.slice(0, NAMES_TOLD) },
    went: { size: went.length, names: went.slice(0, NAMES_TOLD) },
  };
}

/** Numbers whose callers are told apart by a region that is nowhere any more. */
function gone(domains: readonly Domain[], register: NumberRegister): Problem[] {
  return domains.flatMap((domain) =>
    regionsUsed(domain)
      .filter(({ region }) => !register.has(region))
      .map(({ number, region }) => ({
        ...{ severity: 'warning' as const, file: '', line: 0, column: 0, path: '' },
        message: `number ${number} of ${domain.name} names region ${region}, which this register does not have`,
        remedy: 'correct it in the PBX file, or add it under regions there',
      })),
  );
}
