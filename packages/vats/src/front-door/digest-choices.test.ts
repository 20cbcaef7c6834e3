import { Directory } from '@vats/pbx';
import { modelOf } from '@vats/pbx/testing';
import { describe, expect, test } from 'vitest';
import { DigestChoices } from './digest-choices.ts';

/** A company of so many accounts, of which these are asked for what they chose. */
function companyOf(accounts: number, choices: Readonly<Record<string, string>> = {}): string {
  const users = Array.from({ length: accounts }, (_, i) => {
    const login = `desk${100 + i}`;
    const digest = choices[login] === undefined ? '' : `, digest: ${choices[login]}`;
    return `  - { extension: "${200 + i}", name: x, devices: [{ login: ${login}, password: Vf5kNm7Z${digest} }] }`;
  });
  return `domain: acme.example\nusers:\n${users.join('\n')}\n`;
}

const KEY = Buffer.alloc(32, 1);

/** What a name is asked for, in a company like this. Its domain is the same each time, whatever is in it. */
function choicesFor(company: string, key = KEY) {
  const model = modelOf(company);
  const domain = { ...model.domains[0]!, id: 'acme' };
  const directory = new Directory({ ...model, domains: [domain] });
  const choices = new DigestChoices({ directory: () => directory, machine: 'md5', key });
  return (name: string) => choices.of(domain, name);
}

const ABSENT = Array.from({ length: 300 }, (_, i) => `absent${i}`);

describe('an account with a digest choice of its own', () => {
  const company = companyOf(20, { desk105: 'sha256', desk106: 'both' });

  test('is asked for it, the others for the domain’s', () => {
    const asked = choicesFor(company);
    expect(['desk105', 'desk106', 'desk107'].map(asked)).toEqual(['sha256', 'both', 'md5']);
    expect(['205', '206', '207'].map(asked)).toEqual(['sha256', 'both', 'md5']);
  });

  test('cannot be told from names that nobody has: some of those are asked the same, about as many', () => {
    const asked = choicesFor(company);
    const first = ABSENT.map(asked);
    const by = (choice: string): number => first.filter((one) => one === choice).length;
    // Each of twenty accounts stands for one of sixteen: about nineteen of 300.
    for (const choice of ['sha256', 'both']) {
      expect(by(choice)).toBeGreaterThan(8);
      expect(by(choice)).toBeLessThan(35);
    }
    expect(by('md5')).toBe(300 - by('sha256') - by('both'));
  });

  test('is asked the same with a domain behind its name, and so is a name that nobody has', () => {
    const asked = choicesFor(company);
    for (const name of ['desk105', '206', ...ABSENT]) {
      expect(
        [`${name}@acme.example`, `${name}@elsewhere`, `${name}@acme.example@x`, `${name}@`].map(asked),
        name,
      ).toEqual(Array(4).fill(asked(name)));
    }
  });

  test('which names are asked like it, nobody can work out beforehand', () => {
    expect(ABSENT.map(choicesFor(company, Buffer.alloc(32, 2)))).not.toEqual(ABSENT.map(choicesFor(company)));
  });

  test('those names stay the same while accounts come and go, and when the model is read anew', () => {
    const first = ABSENT.map(choicesFor(company));
    for (const accounts of [9, 13, 17, 28, 31]) {
      expect(ABSENT.map(choicesFor(companyOf(accounts, { desk105: 'sha256', desk106: 'both' })))).toEqual(first);
    }
    // A choice that becomes four times as common takes over a few, and moves nobody between the others.
    const choices = Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`desk10${i}`, 'sha256']));
    const later = ABSENT.map(choicesFor(companyOf(20, { ...choices, desk106: 'both' })));
    for (const [i, choice] of later.entries()) if (choice !== first[i]) expect(choice).toBe('sha256');
  });
});

test('where all chose one thing, nobody else is asked for another', () => {
  const all = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`desk${100 + i}`, 'sha256']));
  expect(new Set([...ABSENT, 'desk100', '200'].map(choicesFor(companyOf(20, all))))).toEqual(new Set(['sha256']));
});

describe('a phone that names itself by its extension', () => {
  test('is asked as its account is, never as somebody else’s: an MD5 phone could not answer', () => {
    // Three of four are for SHA-256, so a name taken for nobody's would mostly be asked for that.
    const asked = choicesFor(companyOf(8, Object.fromEntries([0, 1, 2, 3, 4, 5].map((i) => [`desk10${i}`, 'sha256']))));
    expect(new Set(['200', '201', '202', '203', '204', '205'].map(asked))).toEqual(new Set(['sha256']));
    expect(new Set(['206', '207'].map(asked))).toEqual(new Set(['md5']));
  });

  test('is asked for both where its user’s phones chose differently, and so are some names that nobody has', () => {
    const devices = '[{ login: anna, password: Vf5kNm7Z, digest: sha256 }, { login: anna-old, password: Vf5kNm7Z }]';
    const asked = choicesFor(`domain: acme.example\nusers: [{ extension: "201", name: Anna, devices: ${devices} }]\n`);
    expect(['201', 'anna', 'anna-old'].map(asked)).toEqual(['both', 'sha256', 'md5']);
    expect(new Set(ABSENT.map(asked))).toEqual(new Set(['both', 'sha256', 'md5']));
  });
});

test('where no account has a choice of its own every name is asked the same', () => {
  expect(new Set([...ABSENT, 'desk100', '200', ''].map(choicesFor(companyOf(20))))).toEqual(new Set(['md5']));
  expect(new Set([...ABSENT, 'desk100'].map(choicesFor(`digest: both\n${companyOf(3)}`)))).toEqual(new Set(['both']));
});
