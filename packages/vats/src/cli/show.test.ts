import { expect, test } from 'vitest';
import { callsText, registrationsText } from './show.ts';

test('behind a proxy a phone’s own address is shown, with the proxy’s', () => {
  const row = {
    domain: 'acme.example',
    login: 'anna',
    contact: 'sip:anna@192.168.1.5',
    transport: 'udp',
    expiresAt: 60_000,
    reachable: true,
  };
  const registrations = [
    { ...row, source: '10.0.0.5:5060', client: '203.0.113.5' },
    { ...row, source: '[fd00::5]:5060', client: '2001:db8::5' },
    { ...row, source: '192.0.2.1:5062' },
  ];
  const rows = registrationsText({ registrations, now: 0 }).split('\n').slice(1, -1);
  expect(rows.map((line) => line.split(/ {2,}/)[2])).toEqual([
    '203.0.113.5 via 10.0.0.5',
    '2001:db8::5 via [fd00::5]',
    '192.0.2.1:5062',
  ]);
});

test('calls show what is done to their sound', () => {
  const call = {
    ...{ id: 'x', from: { number: '201' }, dialled: '202', state: 'talking', startedAt: 0, recorded: false },
    recording: 'off' as const,
  };
  const converted = { from: 'g722', to: 'pcma' };
  const calls = [
    { ...call, legs: [{ srtp: 'AES_CM_128_HMAC_SHA1_80', converted }, { converted: { from: 'pcma', to: 'g722' } }] },
    { ...call, legs: [{}, {}] },
  ];
  const rows = callsText({ calls, now: 0 }).split('\n');
  expect(rows[0]).toMatch(/SOUND *$/);
  expect(rows[1]).toMatch(/ SRTP, g722 to pcma, pcma to g722$/);
  expect(rows[2]?.trimEnd()).toMatch(/ no +no timer$/);
});

test('calls show who refreshes the session of each side, caller first', () => {
  const call = {
    ...{ id: 'x', from: { number: '201' }, dialled: '202', state: 'talking', startedAt: 0, recorded: false },
    recording: 'off' as const,
  };
  const [peer, ours] = [
    { expires: 1_800, refresher: 'peer' as const },
    { expires: 90, refresher: 'switch' as const },
  ];
  const calls = [
    { ...call, legs: [{ sessionTimer: peer }, { sessionTimer: ours }] },
    { ...call, legs: [{}, { sessionTimer: ours }] },
  ];
  const rows = callsText({ calls, now: 0 }).split('\n');
  expect(rows[1]?.trimEnd()).toMatch(/ by peer in 30m, by switch in 1m30s$/);
  expect(rows[2]?.trimEnd()).toMatch(/ no timer, by switch in 1m30s$/);
});
