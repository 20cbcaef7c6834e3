import { expect, test } from 'vitest';
import { routesOf } from '../testing/routes.ts';
import { recordingOf } from './recording.ts';

const pbxThat = (rules: string) =>
  routesOf(`domain: acme.example
recording: { mode: rules, rules: ${rules} }
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - extension: "202"
    name: Boris
    devices: [{ login: boris, password: Vf5kNm7Z }]
  - extension: "203"
    name: Vera
    forward: { always: "+79167777777" }
  - { extension: "210", name: Asterisk, devices: [{ login: user11, password: Vf5kNm7Z, trunk: true }] }
trunks: [{ name: itsp, proxy: "sip:192.0.2.1", register: { login: a, password: b } }]
numbers: [{ number: "+74951234567", trunk: itsp, to: "202" }, { number: "+74957654321", to: "+79167777777" }]
outbound: [{ match: "4xx", extension: "210" }, { match: "+7*", trunk: itsp }]
`);

const OUT = '[{ extension: "201", direction: out, record: true }]';
const INTERNAL = '[{ extension: "201", direction: internal, record: true }]';

test.each([
  ['89261234567', OUT, true],
  ['401', OUT, true],
  ['202', OUT, false],
  // Somebody else's forward leads outside: the call is within the house, as the history calls it.
  ['203', OUT, false],
  ['+74957654321', OUT, false],
  ['89261234567', INTERNAL, false],
  ['202', INTERNAL, true],
  ['203', INTERNAL, true],
  ['*43', INTERNAL, true],
])('a call of 201 to %s, by %s: recorded %s', (dialled, rules, recorded) => {
  expect(pbxThat(rules).from('anna', dialled).plan.record).toBe(recorded);
});

test('a call that comes in stays one that comes in, wherever it goes', () => {
  const rules = '[{ direction: out, record: false }, { direction: in, record: true }]';
  expect(pbxThat(rules).by('itsp', '+79161234567', '+74951234567').plan.record).toBe(true);
});

test.each([
  ['[{ extension: "202", record: false }, { direction: out, record: true }]', '89261234567', 'rule 2 (out) records it'],
  ['[{ extension: "202", record: false }, { direction: out, record: true }]', '202', 'rule 1 (202) does not record it'],
  ['[{ extension: "202", direction: in, record: true }]', '89261234567', 'no rule fits'],
])('and says by which rule: %s, %s', (rules, dialled, because) => {
  expect(recordingOf(pbxThat(rules).from('anna', dialled).plan).because).toBe(because);
});
