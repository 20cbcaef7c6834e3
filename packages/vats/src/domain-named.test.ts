import { Directory, type Domain } from '@vats/pbx';
import { modelOf } from '@vats/pbx/testing';
import { expect, test } from 'vitest';
import { domainNamed } from './domain-named.ts';

const ONE = 'domain: acme.example\n';

test('a domain is found by its name in any case; without a name the only one is meant', () => {
  const one = new Directory(modelOf(ONE));
  const two = new Directory(modelOf(ONE, 'domain: other.example\n'));
  const named = (domain: Domain | undefined): string | undefined => domain?.name;
  expect(named(domainNamed(one, undefined))).toBe('acme.example');
  expect(named(domainNamed(two, undefined))).toBeUndefined();
  expect(named(domainNamed(two, 'Other.Example'))).toBe('other.example');
  expect(named(domainNamed(two, 'nowhere.example'))).toBeUndefined();
  expect(named(domainNamed(new Directory(modelOf()), undefined))).toBeUndefined();
});
