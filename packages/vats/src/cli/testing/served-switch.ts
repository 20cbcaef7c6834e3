import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CountryDatabase } from '@vats/access';
import { FakeClock, MemoryLog, SeededRandom } from '@vats/kernel/testing';
import { FakeMediaPlane } from '@vats/media/testing';
import { MemoryNetwork } from '@vats/sip/testing';
import { MemoryStore } from '@vats/store/testing';
import { afterEach, beforeEach } from 'vitest';
import { ControlServer } from '../../control/control-server.ts';
import { switchRoutes } from '../../control/switch-routes.ts';
import { createSwitch, type Switch } from '../../create-switch.ts';
import { checkSettings } from '../../settings/index.ts';
import { run } from '../program.ts';

export const COMPANY = `
domain: acme.example
access: { mode: russia, allow: [198.51.100.0/28] }
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - extension: "202"
    name: Boris
    devices: [{ login: boris, password: Vf5kNm7Z, access: { mode: list, allow: [192.0.2.0/28] } }]
`;
const OVERRIDES = { '192.0.2.0/24': 'RU', '203.0.113.0/24': 'DE' };
export const TABLE_BUILT_AT = CountryDatabase.builtin().builtAt + 86_400_000;

/** Of the test that runs now, as what follows. */
export let data: string;
export let clock: FakeClock;
export let network: MemoryNetwork;
export let running: Switch;
let control: ControlServer;

/** A whole switch in memory, and the real socket of its operator. */
export async function serve(access: object = {}, more: object = {}): Promise<void> {
  const settings = checkSettings(
    JSON.stringify({ data, access: { geo: { overrides: OVERRIDES }, ...access }, ...more }),
    'vats.yaml',
    Date.now(),
  );
  if (!settings.ok) throw new Error(JSON.stringify(settings.problems));
  clock = new FakeClock();
  // The commands tell times by the machine's clock.
  clock.stepWall(Date.now() - clock.now());
  network = new MemoryNetwork(clock);
  const random = new SeededRandom();
  running = await createSwitch(settings.value, {
    network,
    clock,
    random,
    log: new MemoryLog(),
    store: new MemoryStore(),
    media: new FakeMediaPlane({ clock }),
  });
  await running.model.applyFile({ path: '/acme.yaml', name: 'acme.yaml', text: COMPANY });
  control = await ControlServer.open(
    data,
    switchRoutes(running, random, async () => ({})),
    new MemoryLog(),
  );
}

/** Every test of a file has a data directory of its own, and what it serves ends with it. */
export function useSwitch(): void {
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'vats-acc-'));
  });
  afterEach(async () => {
    await control.close();
    // A trunk that is silent is waited for, but not for ever.
    await whileTimePasses(running.close());
    rmSync(data, { recursive: true });
  });
}

/** What needs the clock and the real socket both. */
export async function whileTimePasses<T>(work: Promise<T>): Promise<T> {
  let isDone = false;
  void work.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(5);
  }
  return work;
}

export async function vats(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const code = await run([...argv, '--data', data], {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { code, ...said };
}

/** The JSON answer of a command that must be good. */
export async function json<T>(...argv: string[]): Promise<T> {
  const { code, out, err } = await vats(...argv, '--json');
  if (code !== 0) throw new Error(err);
  return JSON.parse(out);
}

export async function addDomain(more = ''): Promise<void> {
  await running.model.applyFile({ path: '/two.yaml', name: 'two.yaml', text: `domain: two.example\n${more}` });
}

export function file(name: string, content: string | Buffer): string {
  const path = join(data, name);
  writeFileSync(path, content);
  return path;
}
