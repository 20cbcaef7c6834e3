import type { Gate } from '@vats/access';
import { FakeClock, MemoryLog, SeededRandom } from '@vats/kernel/testing';
import { Directory } from '@vats/pbx';
import { modelOf } from '@vats/pbx/testing';
import { DigestServer, parseMessage, type SipRequest } from '@vats/sip';
import { describe, expect, test } from 'vitest';
import { Authenticator } from './authenticator.ts';

const VISITOR = { address: '203.0.113.66', port: 5066, viaProxy: false } as const;

/** A company of so many accounts, of which these are asked for what they chose. */
function companyOf(accounts: number, choices: Readonly<Record<string, string>> = {}): string {
  const users = Array.from({ length: accounts }, (_, i) => {
    const login = `desk${100 + i}`;
    const digest = choices[login] === undefined ? '' : `, digest: ${choices[login]}`;
    return `  - { extension: "${200 + i}", name: x, devices: [{ login: ${login}, password: Vf5kNm7Z${digest} }] }`;
  });
  return `domain: acme.example\nusers:\n${users.join('\n')}\n`;
}

function authenticatorFor(company: string, seed = 1) {
  const clock = new FakeClock();
  const random = new SeededRandom(seed);
  const directory = new Directory(modelOf(company));
  const authenticator = new Authenticator({
    digest: new DigestServer({ clock, random, secret: random.bytes(32) }),
    gate: { mayGuess: () => true } as unknown as Gate,
    directory: () => directory,
    algorithms: 'md5',
    clock,
    secret: random.bytes(32),
    log: new MemoryLog(),
  });
  /** The algorithms that somebody of that name is asked for, who shows no credentials yet. */
  const asked = (name: string, method = 'REGISTER'): string => {
    const verdict = authenticator.verify(requestFrom(name, method), VISITOR, directory.model.domains[0]);
    if (verdict.ok || verdict.challenge === undefined) throw new Error('no challenge');
    return verdict.challenge.headers.map(([, value]) => /algorithm=([\w-]+)/.exec(value)?.[1]).join();
  };
  return { asked };
}

function requestFrom(name: string, method: string): SipRequest {
  const aor = `<sip:${name}@acme.example>`;
  const head = [
    `${method} sip:acme.example SIP/2.0`,
    'Via: SIP/2.0/UDP a;branch=z9hG4bKa',
    `From: ${aor};tag=a`,
    `To: ${aor}`,
  ];
  const parsed = parseMessage(Buffer.from(`${head.join('\r\n')}\r\n\r\n`));
  if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('no request');
  return parsed.value;
}

const ABSENT = Array.from({ length: 300 }, (_, i) => `absent${i}`);

describe('an account with a digest choice of its own', () => {
  const company = companyOf(20, { desk105: 'sha256', desk106: 'both' });

  test('is asked for it by its first challenge, the others for the domain’s', () => {
    const { asked } = authenticatorFor(company);
    for (const method of ['REGISTER', 'INVITE']) {
      expect(['desk105', 'desk106', 'desk107'].map((login) => asked(login, method))).toEqual([
        'SHA-256',
        'SHA-256,MD5',
        'MD5',
      ]);
    }
    expect(['205', '206', '207'].map((extension) => asked(extension))).toEqual(['SHA-256', 'SHA-256,MD5', 'MD5']);
  });

  test('cannot be told from names that nobody has: some of those are asked the same, always the same ones', () => {
    const { asked } = authenticatorFor(company);
    const first = ABSENT.map((name) => asked(name));
    const by = (algorithms: string): number => first.filter((one) => one === algorithms).length;
    // Each of twenty accounts stands for as many of the 300 as the others: fifteen, more or less.
    for (const algorithms of ['SHA-256', 'SHA-256,MD5']) {
      expect(by(algorithms)).toBeGreaterThan(5);
      expect(by(algorithms)).toBeLessThan(30);
    }
    expect(by('MD5')).toBe(300 - by('SHA-256') - by('SHA-256,MD5'));
    for (const method of ['REGISTER', 'INVITE', 'MESSAGE']) {
      expect(ABSENT.map((name) => asked(name, method))).toEqual(first);
    }
  });

  test('which ones, nobody can work out beforehand', () => {
    const [one, other] = [1, 2].map((seed) => ABSENT.map((name) => authenticatorFor(company, seed).asked(name)));
    expect(other).not.toEqual(one);
  });
});

describe('a phone that names itself by its extension', () => {
  test('is asked as its account is, never as somebody else’s: an MD5 phone could not answer', () => {
    // Three of four are for SHA-256, so a name taken for nobody's would mostly be asked for that.
    const { asked } = authenticatorFor(
      companyOf(8, Object.fromEntries([0, 1, 2, 3, 4, 5].map((i) => [`desk10${i}`, 'sha256']))),
    );
    const of = (numbers: readonly number[]): Set<string> => new Set(numbers.map((number) => asked(String(number))));
    expect(of([200, 201, 202, 203, 204, 205])).toEqual(new Set(['SHA-256']));
    expect(of([206, 207])).toEqual(new Set(['MD5']));
  });

  test('is asked for both where its user’s phones chose differently, and so are some names that nobody has', () => {
    const devices = '[{ login: anna, password: Vf5kNm7Z, digest: sha256 }, { login: anna-old, password: Vf5kNm7Z }]';
    const { asked } = authenticatorFor(
      `domain: acme.example\nusers: [{ extension: "201", name: Anna, devices: ${devices} }]\n`,
    );
    expect(['201', 'anna', 'anna-old'].map((name) => asked(name))).toEqual(['SHA-256,MD5', 'SHA-256', 'MD5']);
    expect(new Set(ABSENT.map((name) => asked(name)))).toEqual(new Set(['SHA-256,MD5', 'SHA-256', 'MD5']));
  });
});

test('where no account has a choice of its own every name is asked the same', () => {
  const { asked } = authenticatorFor(companyOf(20));
  expect(new Set([...ABSENT, 'desk100', '200', ''].map((name) => asked(name)))).toEqual(new Set(['MD5']));
  const { asked: askedHere } = authenticatorFor(`digest: both\n${companyOf(3)}`);
  expect(new Set([...ABSENT, 'desk100'].map((name) => askedHere(name)))).toEqual(new Set(['SHA-256,MD5']));
});
