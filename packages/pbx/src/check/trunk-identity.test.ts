import { expect, test } from 'vitest';
import { formatProblem } from '../problems/problem.ts';
import { checkPbx } from './check-pbx.ts';

const REGISTERED = {
  name: 'itsp',
  proxy: 'sip:192.0.2.70',
  register: { login: 'x7', password: 's' },
  allow: ['192.0.2.70'],
};
const BY_ADDRESS = { name: 'office', proxy: 'sip:192.0.2.90', allow: ['192.0.2.90'] };

/** What `vats check` says of a trunk's identity. */
function saidOf(trunk: object, identity: unknown): string[] {
  const text = `domain: acme.example\ntrunks: ${JSON.stringify([{ ...trunk, identity }])}\n`;
  const checked = checkPbx(text, 'pbx.yaml');
  return (checked.ok ? checked.warnings : checked.problems)
    .map(formatProblem)
    .filter((line) => line.includes('identity'));
}

test.each([
  {},
  { trust: false },
  { trust: true, connected: true },
  { send: [], forwarded: [] },
  { send: ['p-asserted-identity', 'remote-party-id'], forwarded: ['diversion', 'history-info'] },
  { forwarded: ['history-info'], forwardedCaller: 'original' },
  { forwardedCaller: 'own' },
])('%j is good for a trunk that registers', (identity) => {
  expect(saidOf(REGISTERED, identity)).toEqual([]);
});

test('whom an address alone makes known is believed over UDP with a warning', () => {
  const trusted = { trust: true };
  const warned = [
    expect.stringMatching(/warning: trunks\[0\]\.identity\.trust: .*can be forged over UDP.*; use transport: tcp/),
  ];
  expect(saidOf(BY_ADDRESS, trusted)).toEqual(warned);
  expect(saidOf({ ...BY_ADDRESS, transport: 'tcp' }, trusted)).toEqual([]);
  const byNumber = { ...REGISTERED, register: { ...REGISTERED.register, recognise: 'address' } };
  expect(saidOf(byNumber, trusted)).toEqual(warned);
});

test('nobody is believed from networks that are more than one operator has', () => {
  expect(saidOf({ ...REGISTERED, allow: ['0.0.0.0/0'] }, { trust: true })).toEqual([
    expect.stringMatching(
      /error: trunks\[0\]\.identity\.trust: .* all of 0\.0\.0\.0\/0, .*; write the operator's own networks/,
    ),
  ]);
});

test.each([
  [{ connected: true }, /error: .*identity\.connected: .*trusted; add trust: true/],
  [
    { send: ['p-asserted-identity', 'p-preferred-identity'] },
    /error: .*identity\.send: .*no request has both.*; write p-preferred/,
  ],
  [{ send: ['remote-party-id', 'remote-party-id'] }, /error: .*identity\.send: a header is named twice/],
  [{ forwarded: ['diversion', 'diversion'] }, /error: .*identity\.forwarded: a header is named twice/],
  [{ forwardedCaller: 'original' }, /error: .*identity\.forwardedCaller: .*; add forwarded: \[diversion\]/],
  [{ trust: 'yes please' }, /error: .*identity\.trust/],
  [{ send: ['from'] }, /error: .*identity\.send/],
  [{ believe: true }, /error: .*identity/],
])('%j is refused', (identity, said) => {
  expect(saidOf(REGISTERED, identity)).toEqual([expect.stringMatching(said)]);
});
