import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { userKey } from '@vats/access';
import { Ledger } from '@vats/kernel';
import { FakeClock, MemoryLog, SeededRandom } from '@vats/kernel/testing';
import { MemoryStore } from '@vats/store/testing';
import { afterAll, expect, test } from 'vitest';
import { readSettings } from '../settings/index.ts';
import { AccessControl } from './access-control.ts';
import { CountryTable } from './country-table.ts';

const data = mkdtempSync(join(tmpdir(), 'vats-access-'));
afterAll(() => rmSync(data, { recursive: true }));

function controlled() {
  const settings = readSettings({ env: {}, flags: [], cores: 1 });
  if (!settings.ok) throw new Error('the defaults are good');
  const log = new MemoryLog();
  const access = new AccessControl({
    settings: settings.value.access,
    table: new CountryTable({ data, database: 'builtin', overrides: {} }),
    store: new MemoryStore(),
    clock: new FakeClock(),
    random: new SeededRandom(),
    log,
    ledger: new Ledger(),
    vouchesFor: () => false,
    onEvent: () => {},
  });
  return { access, log };
}

test('of a name that a stranger made up the log has no more than an account could be called', () => {
  const { access, log } = controlled();
  const user = userKey('d', 'x'.repeat(5_000));
  access.gate.bans.add({ network: '198.51.100.1', user }, { by: 'switch', reason: 'wrong passwords' });
  expect(log.lines).toMatchObject([{ event: 'access.banned', fields: { login: `${'x'.repeat(64)}…` } }]);
});
