import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { arbitraryPbx } from '../testing/arbitrary-pbx.ts';
import { appliedTo, modelOf, onlyDomain } from '../testing/model-of.ts';
import { documentOf, domainOfDocuments, objectListsOf } from './documents.ts';
import { exportPbx } from './export.ts';
import { EMPTY_MODEL } from './model.ts';

const EXAMPLE = readFileSync(new URL('../../../../docs/examples/pbx.yaml', import.meta.url), 'utf8');

const seal = (secret: string): string => Buffer.from(secret).toString('base64');
const unseal = (sealed: string): string => Buffer.from(sealed, 'base64').toString();

/** How many random files each property below is tried with. */
const RUNS = 100;

test('what is exported, applied to an empty switch, makes the same domain', () => {
  fc.assert(
    fc.property(arbitraryPbx(), (file) => {
      const domain = onlyDomain(modelOf(stringify(file)));
      const again = appliedTo(EMPTY_MODEL, exportPbx(domain, { seal }), { unseal });
      expect(onlyDomain(again)).toEqual(domain);
    }),
    { numRuns: RUNS },
  );
});

test('what is exported, applied to the domain it came from, changes nothing', () => {
  fc.assert(
    fc.property(arbitraryPbx(), (file) => {
      const model = modelOf(stringify(file));
      const again = appliedTo(model, exportPbx(onlyDomain(model), { seal }), { unseal });
      for (const list of ['users', 'groups', 'trunks', 'numbers', 'schemes'] as const) {
        for (const [index, object] of onlyDomain(model)[list].entries()) {
          // The same object, not one that looks like it: nothing of it would be written to a store again.
          expect(onlyDomain(again)[list][index]).toBe(object);
        }
      }
    }),
    { numRuns: RUNS },
  );
});

test('characters that nobody sees leave as escapes, and come back as themselves', () => {
  const name = 'an\u200bna \u009b31m\u202e \u{e0100}\ufe0f\u2800 \u2028 "\\ end';
  const domain = onlyDomain(modelOf(stringify({ domain: 'acme.example', users: [{ extension: '201', name }] })));
  const exported = exportPbx(domain, { seal });
  expect(exported).toMatch(/^[\n -~]*$/);
  expect(onlyDomain(appliedTo(EMPTY_MODEL, exported, { unseal })).users[0]?.name).toBe(name);
});

test('what a store keeps of a domain makes the same domain', () => {
  fc.assert(
    fc.property(arbitraryPbx(), (file) => {
      const domain = onlyDomain(modelOf(stringify(file)));
      const kept = JSON.parse(
        JSON.stringify({
          domain: documentOf(domain),
          objects: objectListsOf(domain).flatMap(({ objects, write }) => objects.map(write)),
        }),
      );
      expect(domainOfDocuments(kept.domain, kept.objects)).toEqual(domain);
    }),
    { numRuns: RUNS },
  );
});

test('no document of a store holds a secret', () => {
  const domain = onlyDomain(modelOf(EXAMPLE));
  const digests = domain.users.flatMap(({ devices }) =>
    devices.flatMap(({ ha1 }) => [ha1.md5, ha1.sha256, ha1.withDomain?.md5 ?? '']),
  );
  const secrets = [...digests, 'nE8wQz4xRt'];
  expect(secrets.length).toBeGreaterThan(10);
  const written = objectListsOf(domain).flatMap(({ objects, write }) => objects.map(write));
  for (const secret of secrets) {
    expect(written.some(({ document }) => JSON.stringify(document).includes(secret))).toBe(false);
    expect(written.some((object) => object.secret?.includes(secret))).toBe(true);
  }
});

test('an export holds no password in clear', () => {
  const text = exportPbx(onlyDomain(modelOf(EXAMPLE)), { seal });
  const passwords = [...EXAMPLE.matchAll(/password: (\w+)/g)].map(([, password]) => password ?? '');
  expect(passwords).toHaveLength(8);
  for (const password of passwords) expect(text).not.toContain(password);
});

test('an export keeps the form of the example: its own text but for secrets', () => {
  const exported = parse(exportPbx(onlyDomain(modelOf(EXAMPLE)), { seal })) as Record<string, unknown>;
  const withoutSecrets = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value, (key, inner) => (key === 'ha1' || key === 'password' ? undefined : inner)));
  const example = parse(EXAMPLE.replace('8 (916) 555-01-02', '+79165550102').replace('180s', '3m')) as Record<
    string,
    unknown
  >;
  expect(withoutSecrets(exported)).toEqual(withoutSecrets(example));
});
