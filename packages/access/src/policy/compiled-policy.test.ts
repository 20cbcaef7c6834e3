import { describe, expect, test } from 'vitest';
import { Countries } from '../geo/countries.ts';
import { CompiledPolicy, describeVerdict } from './compiled-policy.ts';
import type { Policy, Rule } from './policy.ts';

const DATABASE: Readonly<Record<string, string>> = { '198.51.100.1': 'RU', '203.0.113.5': 'DE', '2001:db8::1': 'BY' };
const countries = new Countries({ '10.9.*': 'RU', '10.8.*': 'DE' }, { countryOf: (address) => DATABASE[address] });

const judge = (policy: Policy, address: string) => new CompiledPolicy(policy, countries).judge(address);

const RUSSIAN = '198.51.100.1';
const GERMAN = '203.0.113.5';
const BELARUSIAN = '2001:db8::1';
const NOWHERE = '192.0.2.1';
const PRIVATE = '192.168.1.20';
const OWN_RUSSIAN = '10.9.0.1';
const OWN_GERMAN = '10.8.0.1';

const BOTH = { mode: 'countries', countries: ['RU', 'BY'] } as const;
const LIST = { mode: 'list', allow: ['203.0.113.0/24', '192.168.1.16-32'] } as const;

describe('who is let in, and by which rule', () => {
  test.each<[address: string, admitted: boolean, rule: Rule, policy: Policy]>([
    [RUSSIAN, true, 'any', { mode: 'any' }],
    [GERMAN, true, 'any', { mode: 'any' }],
    [NOWHERE, true, 'any', { mode: 'any' }],
    [PRIVATE, true, 'any', { mode: 'any' }],

    [RUSSIAN, true, 'country', { mode: 'russia' }],
    [OWN_RUSSIAN, true, 'country', { mode: 'russia' }],
    [GERMAN, false, 'other-country', { mode: 'russia' }],
    [BELARUSIAN, false, 'other-country', { mode: 'russia' }],
    // Private, but the operator says that it is to be taken for Germany.
    [OWN_GERMAN, false, 'other-country', { mode: 'russia' }],
    [NOWHERE, false, 'unknown-country', { mode: 'russia' }],
    [PRIVATE, true, 'private', { mode: 'russia' }],
    ['127.0.0.1', true, 'private', { mode: 'russia' }],
    ['::1', true, 'private', { mode: 'russia' }],
    ['fe80::1%eth0', true, 'private', { mode: 'russia' }],
    ['::ffff:192.168.1.20', true, 'private', { mode: 'russia' }],
    ['::ffff:192.0.2.1', false, 'unknown-country', { mode: 'russia' }],

    [RUSSIAN, true, 'country', BOTH],
    [BELARUSIAN, true, 'country', BOTH],
    [GERMAN, false, 'other-country', BOTH],
    [NOWHERE, false, 'unknown-country', BOTH],
    [PRIVATE, true, 'private', BOTH],
    // Without countries, which the schema refuses, nobody has the right one.
    [RUSSIAN, false, 'other-country', { mode: 'countries' }],
    // Countries mean nothing in other modes.
    [BELARUSIAN, false, 'other-country', { mode: 'russia', countries: ['BY'] }],

    [GERMAN, true, 'allowed', LIST],
    [PRIVATE, true, 'allowed', LIST],
    [RUSSIAN, false, 'not-listed', LIST],
    ['192.168.1.33', false, 'not-listed', LIST],
    ['127.0.0.1', false, 'not-listed', LIST],
    [RUSSIAN, false, 'not-listed', { mode: 'list' }],

    // allow goes before mode and country, deny before allow.
    [GERMAN, true, 'allowed', { mode: 'russia', allow: ['203.0.113.*'] }],
    [NOWHERE, true, 'allowed', { mode: 'russia', allow: ['192.0.2.0/24'] }],
    [RUSSIAN, true, 'allowed', { mode: 'any', allow: ['198.51.100.1'] }],
    [RUSSIAN, false, 'denied', { mode: 'any', deny: ['198.51.100.0/24'] }],
    [RUSSIAN, false, 'denied', { mode: 'russia', deny: ['198.51.100.0/24'] }],
    [PRIVATE, false, 'denied', { mode: 'russia', deny: ['192.168.*'] }],
    [GERMAN, false, 'denied', { ...LIST, deny: ['203.0.113.5'] }],
    ['203.0.113.6', true, 'allowed', { ...LIST, deny: ['203.0.113.5'] }],
    [RUSSIAN, false, 'denied', { mode: 'russia', allow: ['198.51.100.1'], deny: ['198.51.100.0/24'] }],
    ['::ffff:198.51.100.1', false, 'denied', { mode: 'any', deny: ['198.51.100.0/24'] }],
    [BELARUSIAN, false, 'denied', { mode: 'any', deny: ['::/0'] }],
    [RUSSIAN, true, 'any', { mode: 'any', deny: ['::/0'] }],

    // A dry run judges alike.
    [GERMAN, false, 'other-country', { mode: 'russia', enforce: false }],
    [RUSSIAN, true, 'country', { mode: 'russia', enforce: false }],

    // What is no address is nowhere.
    ['pbx.example', true, 'any', { mode: 'any', deny: ['0.0.0.0/0', '::/0'] }],
    ['pbx.example', false, 'not-listed', { mode: 'list', allow: ['0.0.0.0/0', '::/0'] }],
    ['', false, 'unknown-country', { mode: 'russia' }],
  ])('%s: %s, %s by %j', (address, admitted, rule, policy) => {
    expect(judge(policy, address)).toMatchObject({ admitted, rule });
  });

  test('a verdict names the network that decided, as it was written, and the country where one is known', () => {
    expect(judge({ mode: 'any', deny: ['203.0.113.*'] }, GERMAN)).toEqual({
      admitted: false,
      rule: 'denied',
      network: '203.0.113.*',
      country: 'DE',
    });
    expect(judge(LIST, PRIVATE)).toEqual({ admitted: true, rule: 'allowed', network: '192.168.1.16-32' });
    expect(judge({ mode: 'any' }, GERMAN)).toEqual({ admitted: true, rule: 'any', country: 'DE' });
    expect(judge({ mode: 'russia' }, NOWHERE)).toEqual({ admitted: false, rule: 'unknown-country' });
  });

  test('a policy that no one checked is our own mistake', () => {
    expect(() => new CompiledPolicy({ mode: 'any', deny: ['pbx.example'] }, countries)).toThrow(RangeError);
  });
});

test.each<[text: string, address: string, policy: Policy]>([
  ['refused: in 203.0.113.0/24, listed in deny', GERMAN, { mode: 'any', deny: ['203.0.113.0/24'] }],
  ['admitted: in 203.0.113.0/24, listed in allow', GERMAN, LIST],
  ['admitted: mode any lets everybody in', GERMAN, { mode: 'any' }],
  ['refused: in none of the networks of allow', RUSSIAN, LIST],
  ['admitted: RU may come', RUSSIAN, { mode: 'russia' }],
  ['admitted: RU is one of RU, BY', RUSSIAN, BOTH],
  ['admitted: a private address, which has no country', PRIVATE, BOTH],
  ['refused: DE is not RU', GERMAN, { mode: 'russia' }],
  ['refused: DE is not one of RU, BY', GERMAN, BOTH],
  ['refused: no country is known for it, so it is not one of RU, BY', NOWHERE, BOTH],
  ['would be refused: DE is not RU', GERMAN, { mode: 'russia', enforce: false }],
  ['admitted: RU may come', RUSSIAN, { mode: 'russia', enforce: false }],
])('%s', (text, address, policy) => {
  expect(describeVerdict(judge(policy, address), policy)).toBe(text);
  expect(describeVerdict(judge(policy, address), policy, address)).toBe(`${text} (${address})`);
});
