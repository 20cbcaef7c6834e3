import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { userKey } from '@vats/access';
import { Ledger } from '@vats/kernel';
import { FakeClock, MemoryLog, SeededRandom } from '@vats/kernel/testing';
import { Directory, EMPTY_MODEL, formatProblem } from '@vats/pbx';
import { MemoryStore } from '@vats/store/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { checkSettings } from '../settings/index.ts';
import { AccessControl } from './access-control.ts';
import { CountryTable } from './country-table.ts';

const data = mkdtempSync(join(tmpdir(), 'vats-access-'));
const EMPTY = new Directory(EMPTY_MODEL);
afterAll(() => rmSync(data, { recursive: true }));

function settingsOf(access: object = {}) {
  const settings = checkSettings(JSON.stringify({ access }), 'vats.yaml', 0);
  if (!settings.ok) throw new Error(settings.problems.map(formatProblem).join('\n'));
  return settings.value.access;
}

function controlled(said: object = {}) {
  const settings = settingsOf(said);
  const log = new MemoryLog();
  const access = new AccessControl({
    settings,
    table: new CountryTable({ data, ...settings.geo }),
    store: new MemoryStore(),
    clock: new FakeClock(),
    random: new SeededRandom(),
    log,
    ledger: new Ledger(),
    vouchesFor: () => false,
    onEvent: () => {},
  });
  access.usePolicies(EMPTY);
  return { access, log };
}

test('of a name that a stranger made up the log has no more than an account could be called', () => {
  const { access, log } = controlled();
  const user = userKey('d', 'x'.repeat(5_000));
  access.gate.bans.add({ network: '198.51.100.1', user }, { by: 'switch', reason: 'wrong passwords' });
  expect(log.lines).toMatchObject([{ event: 'access.banned', fields: { login: `${'x'.repeat(64)}…` } }]);
});

test('at the address of a phone somebody is known; only the phone is proven, and who need show nothing', () => {
  const { access } = controlled({ proxies: { '192.0.2.7': 'X-Client' }, trusted: ['192.0.2.8'] });
  const phone = { address: '198.51.100.1', port: 5060, transport: 'tcp' };
  access.gate.proved(phone, 'd', 'anna');
  expect(access.isKnown(phone.address)).toBe(true);
  const others = [
    { ...phone, port: 5061 },
    { ...phone, transport: 'udp' },
  ];
  expect([phone, ...others].map((farEnd) => access.isProven(farEnd))).toEqual([true, false, false]);
  for (const address of ['192.0.2.7', '192.0.2.8'])
    expect(access.isProven({ address, port: 1, transport: 'tcp' })).toBe(true);
  expect(access.isProven({ address: '192.0.2.9', port: 1, transport: 'tcp' })).toBe(false);
});

describe('settings that are read anew', () => {
  const STRANGER = { address: '198.51.100.1', port: 5060, transport: 'udp' };
  const octets = Buffer.from('OPTIONS');
  const fails = (access: AccessControl, times: number): void => {
    for (let i = 0; i < times; i++) access.gate.failed(STRANGER, 'd', 'anna', true);
  };
  /** How many messages of one source are read, of a hundred at once. */
  const readAtOnce = (access: AccessControl): number =>
    Array.from({ length: 100 }, () => access.gate.admit(STRANGER, octets)).filter(Boolean).length;

  test('make who is trusted free of the bans that stand, and others not any more', () => {
    const { access } = controlled({ trusted: ['192.0.2.1'] });
    fails(access, 10);
    expect(access.gate.admit(STRANGER, octets)).toBe(false);
    access.useSettings(settingsOf({ trusted: ['198.51.100.0/24'] }));
    expect(access.gate.admit(STRANGER, octets)).toBe(true);
    expect(access.gate.bans.list()).toEqual([]);
    expect(access.gate.isTrusted('192.0.2.1')).toBe(false);
  });

  test('give networks other countries at once', () => {
    const { access } = controlled({ policy: 'russia', geo: { overrides: { '198.51.100.1': 'RU' } } });
    expect(access.gate.admit(STRANGER, octets)).toBe(true);
    access.useSettings(settingsOf({ policy: 'russia', geo: { overrides: { '198.51.100.1': 'DE' } } }));
    expect(access.gate.admit(STRANGER, octets)).toBe(false);
  });

  test('say what the refused see', () => {
    const { access } = controlled({ policy: 'russia' });
    expect(access.gate.receive(STRANGER, undefined, false)).toBe('silence');
    access.useSettings(settingsOf({ policy: 'russia', refuse: '403' }));
    expect(access.gate.receive(STRANGER, undefined, false)).toBe('forbidden');
    expect(access.gate.admit(STRANGER, octets)).toBe(true);
  });

  test('say after how many wrong passwords a source is shut out, and for how long', () => {
    const { access } = controlled();
    fails(access, 2);
    access.useSettings(settingsOf({ ban: { failures: 3, within: '1m', for: '2m' } }));
    fails(access, 1);
    const [ban] = access.gate.bans.list();
    expect(ban).toMatchObject({ network: STRANGER.address, reason: '3 failed logins within 60 s' });
    expect((ban?.until ?? 0) - (ban?.since ?? 0)).toBe(120_000);
  });

  test('say how often strangers are heard; limits that are as they were forgive nothing', () => {
    const { access } = controlled({ rate: { burst: 5 } });
    expect(readAtOnce(access)).toBe(5);
    access.useSettings(settingsOf({ rate: { burst: 5 } }));
    expect(readAtOnce(access)).toBe(0);
    access.useSettings(settingsOf({ rate: { burst: 9 } }));
    expect(readAtOnce(access)).toBe(9);
  });

  test('and name a country table that is not there change nothing', () => {
    const { access } = controlled();
    const bad = {
      ...settingsOf({ refuse: '403', policy: 'russia' }),
      geo: { database: '/nowhere.mmdb', overrides: {} },
    };
    expect(() => access.useSettings(bad)).toThrow('/nowhere.mmdb does not exist');
    expect(access.gate.admit(STRANGER, octets)).toBe(true);
    access.useSettings(settingsOf({ policy: 'russia' }));
    expect(access.gate.receive(STRANGER, undefined, false)).toBe('silence');
  });
});
