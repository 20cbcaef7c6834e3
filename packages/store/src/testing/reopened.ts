import { join } from 'node:path';
import { SystemClock } from '@vats/kernel';
import type { Model } from '@vats/pbx';
import SQLite from 'better-sqlite3';
import { openStore } from '../open-store.ts';
import type { Store } from '../store.ts';
import type { Connect } from '../worker-link.ts';
import { inProcessLink } from './in-process-link.ts';

export const ACME = `
domain: acme.example
aliases: [pbx.example]
recording: all
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "202", name: Boris, ring: 20s, devices: [{ login: boris, password: Qw8rTy2U }] }
  - { extension: "203", name: Vera }
trunks:
  - { name: itsp, proxy: "sip:192.0.2.1", register: { login: x, password: tr-secret } }
`;

export function openIn(path: string, connect: Connect = inProcessLink): Promise<Store> {
  const url = `sqlite:${join(path, 'vats.db')}`;
  return openStore({ url, keyFile: join(path, 'key'), clock: new SystemClock() }, connect);
}

/** What a store gives back after it was closed and opened again. */
export async function reopened<T>(path: string, look: (store: Store) => Promise<T> | T): Promise<T> {
  const store = await openIn(path);
  try {
    return await look(store);
  } finally {
    await store.close();
  }
}

export async function saved(path: string, ...models: Model[]): Promise<void> {
  await reopened(path, async (store) => {
    for (const model of models) await store.models.save(model);
  });
}

/** The secrets of all objects as the database holds them. */
export function sealedRows(path: string): string[] {
  const database = new SQLite(join(path, 'vats.db'), { readonly: true });
  try {
    const rows = database.prepare('select hex(secret) as secret from objects order by key').all() as {
      secret: string;
    }[];
    return rows.map(({ secret }) => secret);
  } finally {
    database.close();
  }
}
