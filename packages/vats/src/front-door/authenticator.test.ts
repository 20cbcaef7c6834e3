import type { Gate } from '@vats/access';
import { FakeClock, MemoryLog, SeededRandom } from '@vats/kernel/testing';
import { Directory } from '@vats/pbx';
import { modelOf } from '@vats/pbx/testing';
import { answerChallenge, DigestServer, parseAuthValue, parseMessage, type SipRequest } from '@vats/sip';
import { expect, test } from 'vitest';
import { Authenticator } from './authenticator.ts';
import { DigestChoices } from './digest-choices.ts';

const VISITOR = { address: '203.0.113.66', port: 5066, transport: 'udp', viaProxy: false } as const;
const URI = 'sip:acme.example';
const COMPANY = `domain: acme.example
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z, digest: sha256 }] }
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Vf5kNm7Z }] }
`;
const ABSENT = Array.from({ length: 40 }, (_, i) => `absent${i}`);

/** @param unjudged names whose credentials the gate does not let be judged */
function authenticatorFor(unjudged: readonly string[] = []) {
  const clock = new FakeClock();
  const random = new SeededRandom();
  const directory = new Directory(modelOf(COMPANY));
  const failed: string[] = [];
  const asked: string[] = [];
  const gate: Partial<Gate> = {
    mayGuess: (_farEnd, _domain, name) => {
      asked.push(name);
      return !unjudged.includes(name);
    },
    failed: (_farEnd, _domain, name) => failed.push(name),
    proved: () => {},
  };
  const log = new MemoryLog();
  const authenticator = new Authenticator({
    digest: new DigestServer({ clock, random, secret: random.bytes(32) }),
    gate: gate as Gate,
    directory: () => directory,
    choices: new DigestChoices({ directory: () => directory, machine: 'md5', key: random.bytes(32) }),
    clock,
    log,
  });
  const verify = (request: SipRequest) => {
    const verdict = authenticator.verify(request, VISITOR, directory.model.domains[0]);
    if (!verdict.ok) verdict.settle();
    return verdict;
  };
  /** The algorithms that are asked for, and the octets of the challenge but for its nonce. */
  const challenged = (request: SipRequest): string => {
    const verdict = verify(request);
    if (verdict.ok) throw new Error('let in');
    return verdict.challenge.headers.map(([, value]) => value.replace(/nonce="[^"]*"/, '')).join('\n');
  };
  /** Credentials under a nonce of its own. */
  const credentials = (username: string, password = 'wr0ngWrong'): string => {
    const verdict = verify(requestOf(username));
    if (verdict.ok) throw new Error('let in');
    const challenge = parseAuthValue(verdict.challenge.headers.at(-1)![1]);
    if (!challenge.ok) throw new Error('unreadable');
    return answerChallenge(challenge.value, {
      username,
      password,
      method: 'REGISTER',
      uri: URI,
      count: 1,
      cnonce: 'c',
    })!;
  };
  return { verify, challenged, credentials, failed, asked, log };
}

function requestOf(from: string, credentials?: string, method = 'REGISTER'): SipRequest {
  const aor = `<sip:${from}@acme.example>`;
  const head = [
    `${method} ${URI} SIP/2.0`,
    'Via: SIP/2.0/UDP a;branch=z9hG4bKa',
    `From: ${aor};tag=a`,
    `To: ${aor}`,
    ...(credentials === undefined ? [] : [`Authorization: ${credentials}`]),
  ];
  const parsed = parseMessage(Buffer.from(`${head.join('\r\n')}\r\n\r\n`));
  if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('no request');
  return parsed.value;
}

test('an account is asked for its own choice by its first challenge, whatever the method', () => {
  const { challenged } = authenticatorFor();
  for (const method of ['REGISTER', 'INVITE', 'MESSAGE']) {
    expect(challenged(requestOf('anna', undefined, method))).toMatch(/algorithm=SHA-256/);
    expect(challenged(requestOf('boris', undefined, method))).toMatch(/algorithm=MD5/);
  }
});

test('7: one name is asked the same in From as in credentials, whoever stands in the other place', () => {
  const { challenged, credentials } = authenticatorFor();
  for (const name of ['anna', 'boris', '201', '202', ...ABSENT]) {
    const asked = challenged(requestOf(name));
    for (const username of [name, `${name}@acme.example`, `${name}@elsewhere`]) {
      for (const from of [name, 'anna', 'boris', 'absent0', 'absent1']) {
        expect(challenged(requestOf(from, credentials(username))), `${username} from ${from}`).toBe(asked);
      }
    }
  }
});

test('credentials that are not to be judged are answered as wrong ones, right or wrong, and are no failure', () => {
  const { verify, challenged, credentials, failed, log } = authenticatorFor(['anna']);
  const wrong = challenged(requestOf('anna', credentials('anna')));
  expect(failed).toEqual([]);
  expect(challenged(requestOf('anna', credentials('anna', 'Vf5kNm7Z')))).toBe(wrong);
  expect(log.lines).toEqual([]);
  expect(verify(requestOf('boris', credentials('boris', 'Vf5kNm7Z'))).ok).toBe(true);
});

test('a turn to be judged is asked for only by who shows a nonce of ours, and once', () => {
  const { verify, asked, credentials } = authenticatorFor();
  const good = credentials('boris', 'Vf5kNm7Z');
  for (const bad of ['x', '']) verify(requestOf('boris', good.replace(/nonce="[^"]*"/, `nonce="${bad}"`)));
  verify(requestOf('boris'));
  expect(asked).toEqual([]);
  expect([verify(requestOf('boris', good)).ok, verify(requestOf('boris', good)).ok]).toEqual([true, false]);
  expect(asked).toEqual(['boris']);
});

test('a name of any length is cut before it is counted or logged', () => {
  const { verify, credentials, failed, log } = authenticatorFor();
  verify(requestOf('anna', credentials('x'.repeat(5_000))));
  expect(failed).toEqual(['x'.repeat(64)]);
  expect(log.lines[0]?.fields).toMatchObject({ login: 'x'.repeat(64) });
});
