import type { Domain } from '@vats/pbx';
import { expect, test } from 'vitest';
import { isNameOf } from './is-name-of.ts';

test('a name and an alias of the domain are names of it, in any case, and nothing else', () => {
  const domain = { name: 'acme.example', settings: { aliases: ['sip.acme.example'] } } as unknown as Domain;
  expect(['acme.example', 'SIP.Acme.example', 'victim.example'].map((host) => isNameOf(host, domain))).toEqual([
    ...[true, true, false],
  ]);
  expect(isNameOf('acme.example', undefined)).toBe(false);
});
