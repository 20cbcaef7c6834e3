import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryLog } from '@vats/kernel/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { askSwitch, ControlFailure } from './control-client.ts';
import { ControlError, type ControlRoutes, ControlServer } from './control-server.ts';

let data: string;
let open: ControlServer | undefined;
const log = new MemoryLog();

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'vats-control-'));
});
afterEach(async () => {
  await open?.close();
  open = undefined;
  rmSync(data, { recursive: true });
});

async function serve(routes: ControlRoutes): Promise<void> {
  open = await ControlServer.open(data, routes, log);
}

test('answers come back as they were given, parameters decoded', async () => {
  await serve({ 'PUT /users/:name/x': ({ params, query, body }) => ({ params, domain: query.get('domain'), body }) });
  expect(await askSwitch(data, 'PUT', '/users/a%2Fb/x?domain=acme.example', { n: 1 })).toEqual({
    params: { name: 'a/b' },
    domain: 'acme.example',
    body: { n: 1 },
  });
});

test('only the owner can open the socket, and it goes with the switch', async () => {
  await serve({});
  const path = join(data, 'control.sock');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await open?.close();
  open = undefined;
  expect(existsSync(path)).toBe(false);
});

test('a refusal is a sentence with its details; a bug of ours is logged and costs one call', async () => {
  await serve({
    'GET /refused': () => {
      throw new ControlError(404, 'there is no such thing', ['why']);
    },
    'GET /broken': () => {
      throw new TypeError('oops');
    },
    'GET /fine': () => ({ fine: true }),
  });
  const refused = await askSwitch(data, 'GET', '/refused').catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ControlFailure);
  expect(refused).toMatchObject({ message: 'there is no such thing', details: ['why'] });
  await expect(askSwitch(data, 'GET', '/broken')).rejects.toThrow('the switch failed: oops');
  expect(log.events).toContain('control.failed');
  await expect(askSwitch(data, 'GET', '/nowhere')).rejects.toThrow(/no such control call/);
  await expect(askSwitch(data, 'GET', '/%ff')).rejects.toThrow(/not a path/);
  expect(await askSwitch(data, 'GET', '/fine')).toEqual({ fine: true });
});

test('nobody there: the remedy is named', async () => {
  await expect(askSwitch(data, 'GET', '/status')).rejects.toThrow(/no switch runs on .*"vats up"/);
});

test('a second switch on the same data is refused; the socket of a killed one is taken over', async () => {
  await serve({});
  await expect(ControlServer.open(data, {}, log)).rejects.toThrow(/a switch already runs/);
  await open?.close();
  writeFileSync(join(data, 'control.sock'), '');
  await serve({ 'GET /x': () => ({}) });
  expect(await askSwitch(data, 'GET', '/x')).toEqual({});
});

test('a caller that is no HTTP client does no harm', async () => {
  await serve({ 'GET /x': () => ({ alive: true }) });
  await new Promise<void>((resolve) => {
    const socket = connect(join(data, 'control.sock'), () => socket.write('\x00\x01 nonsense\r\n\r\n'));
    socket.on('close', () => resolve());
    socket.on('error', () => {});
    socket.resume();
  });
  expect(await askSwitch(data, 'GET', '/x')).toEqual({ alive: true });
});

test('a directory too deep for a socket says so', async () => {
  await expect(ControlServer.open(join(data, 'd'.repeat(200)), {}, log)).rejects.toThrow(/shorter data directory/);
});
