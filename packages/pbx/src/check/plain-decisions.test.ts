import { expect, test } from 'vitest';
import { told } from '../testing/told.ts';

const file = (...urls: string[]) => `domain: acme.example
users: [{ extension: "201", name: A, devices: [{ login: anna, password: Vf5kNm7Z }] }]
numbers: [{ number: "+74951234567", scheme: main }]
schemes:
  - name: main
    open:
${urls.map((url) => `      - decide: { url: "${url}", otherwise: { ring: "201" } }`).join('\n')}
`;
const ofPlain = (...urls: string[]) => told(file(...urls)).filter((line) => line.includes('decide.url'));

test('a service on the Internet that is asked without TLS is warned of', () => {
  expect(ofPlain('https://crm.example/next', 'http://crm.example/next', 'http://203.0.114.5:8080/')).toEqual([
    expect.stringMatching(
      /^pbx\.yaml:8:\d+: warning: schemes\[0\]\.open\[1\]\.decide\.url: crm\.example is asked without TLS: anybody on the way may answer/,
    ),
    expect.stringContaining('203.0.114.5 is asked without TLS'),
  ]);
});

test('one of the own network or machine is not', () => {
  for (const host of [
    '127.0.0.1',
    '[::1]',
    '10.1.2.3:8080',
    '[fd12::1]',
    'localhost',
    'crm',
    'crm.office.local',
    'crm.lan',
  ]) {
    expect(ofPlain(`http://${host}/`), host).toEqual([]);
  }
  expect(ofPlain('http://notlocal/', 'http://crm.notlocal/')).toHaveLength(1);
});

test('nor is a step within another left out', () => {
  const inner = 'decide: { url: "http://crm.example/" }';
  const lines = told(file('https://crm.example/').replace('ring: "201"', inner));
  expect(lines.filter((line) => line.includes('without TLS'))).toHaveLength(1);
});
