import { expect, test } from 'vitest';
import { told } from '../testing/told.ts';

const said = (text: string) => told(`domain: acme.example\n${text}`).filter((line) => /callerId/.test(line));
const NUMBERS = 'numbers: [{ number: "+74951234567" }, { number: "+78001234567" }, { number: "+78041234567" }]\n';

test('a caller ID of the domain that is somebody else’s number', () => {
  expect(said('callerId: "+74991234567"\n')).toEqual([
    'pbx.yaml:2:11: error: callerId: the domain shows +74991234567, which is not a number of this domain; add it under numbers, or show one of those',
  ]);
  expect(said(`callerId: "+74951234567"\n${NUMBERS}`)).toEqual([]);
});

test('a number that callers pay nothing for is no caller ID, wherever it is said', () => {
  const why = /cannot be shown: operators let no 8-800 number out as a caller ID; show a city or mobile number/;
  const rules =
    'trunks: [{ name: itsp, proxy: "sip:192.0.2.1" }]\noutbound: [{ match: "+7*", trunk: itsp, callerId: "8 800 123-45-67" }]\n';
  const user =
    'users: [{ extension: "201", name: A, callerId: "+78041234567", devices: [{ login: anna, password: Vf5kNm7Z }] }]\n';
  const group = 'groups: [{ extension: "600", name: S, members: ["201"], callerId: "+78001234567" }]\n';
  const lines = said(`callerId: "+78001234567"\n${NUMBERS}${user}${rules}${group}`);
  expect(
    lines.map((line) =>
      line
        .replace(/:\d+: warning/, ': warning')
        .split(': ')
        .slice(0, 3)
        .join(': '),
    ),
  ).toEqual([
    'pbx.yaml:2: warning: callerId',
    'pbx.yaml:4: warning: users[0].callerId',
    'pbx.yaml:6: warning: outbound[0].callerId',
    'pbx.yaml:7: warning: groups[0].callerId',
  ]);
  for (const line of lines) expect(line).toMatch(why);
});
