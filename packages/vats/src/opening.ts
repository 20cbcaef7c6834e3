import { accessSync, constants, existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { GeoDatabaseError } from '@vats/access';
import { type Clock, formatEndpoint, isIPv6, type Ledger, type Log } from '@vats/kernel';
import { type MediaPlane, manifestPathOf, repairRecordings, startMediaPlane } from '@vats/media';
import { CONNECTION_BOUNDS, type TransportLayer } from '@vats/sip';
import { makeDirectory, openStore, type Store, StoreError } from '@vats/store';
import { CountryTable } from './access/country-table.ts';
import { connectionsWithin, descriptorLimit } from './descriptors.ts';
import type { Settings } from './settings/index.ts';
import { StartFailure, startFailureOf } from './start-failure.ts';

// What a switch opens of the machine at its start. Each throws a StartFailure that says what is in the way, and the remedy.

export function connectionsAtMost(settings: Settings, log: Log): number {
  const limit = descriptorLimit();
  const { connections, enough } = connectionsWithin(limit, settings);
  if (!enough)
    log.warn('descriptors.scarce', { limit, connections, remedy: 'raise the limit on open files (ulimit -n)' });
  return Math.min(connections, CONNECTION_BOUNDS.total);
}

export function openCountryTable(settings: Settings, data: string): CountryTable {
  try {
    return new CountryTable({ data, ...settings.access.geo });
  } catch (error) {
    if (error instanceof GeoDatabaseError) throw new StartFailure(error.message, { cause: error });
    throw error;
  }
}

export function prepareDirectory(data: string): void {
  try {
    makeDirectory(data);
    accessSync(data, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw startFailureOf(`data ${data}`, 'name a directory that can be written with --data or data:', error);
  }
}

export async function openStoreFor(settings: Settings, data: string, clock: Clock, log: Log): Promise<Store> {
  try {
    return await openStore({ url: settings.store.url, keyFile: join(data, 'key'), clock, log });
  } catch (error) {
    if (error instanceof StoreError)
      throw new StartFailure(`store ${settings.store.url}: ${error.message}: ${error.remedy}`, { cause: error });
    throw error;
  }
}

export async function startMedia(
  settings: Settings,
  parts: { clock: Clock; log: Log; ledger: Ledger },
): Promise<MediaPlane> {
  const { addresses, ports, workers, silenceTimeout, holdTimeout } = settings.media;
  try {
    return await startMediaPlane({
      ...parts,
      addresses: { 4: addresses.find((address) => !isIPv6(address)), 6: addresses.find(isIPv6) },
      ports: { first: ports.from, last: ports.to },
      workers,
      silenceTimeoutMs: silenceTimeout,
      holdTimeoutMs: holdTimeout,
    });
  } catch (error) {
    const what = `media ${addresses.join(', ')} ports ${ports.from}-${ports.to}`;
    throw startFailureOf(what, 'give another address or range with media.address or media.ports', error);
  }
}

export async function listen(settings: Settings, transport: TransportLayer): Promise<void> {
  for (const { transport: name, endpoint } of settings.sip.listen) {
    const what = `sip.listen ${name}://${formatEndpoint(endpoint)}`;
    try {
      await transport.listen({ transport: name, endpoint });
    } catch (error) {
      throw startFailureOf(what, 'stop what uses it, or give another address with --listen or sip.listen', error);
    }
  }
}

/**
 * After a kill: true headers for what was being recorded, and the list says so. Says which files there is something left to do
 * with.
 */
export async function repair(directory: string, store: Store, log: Log): Promise<readonly string[]> {
  const { repaired, unrepaired, unfinished } = await repairRecordings(directory);
  for (const { path, detail } of unrepaired) log.error('recording.not-repaired', { path, detail });
  for (const { path, durationMs } of repaired) log.warn('recording.repaired', { path, durationMs });
  const found = new Map(repaired.map((recording) => [recording.path, recording.durationMs]));
  const listed = await store.recordings.list({ state: 'writing', limit: 10_000 });
  const left = new Set(unfinished);
  for (const entry of listed) {
    const path = join(directory, '..', entry.path);
    const durationMs = found.get(path);
    // Finished, and killed before the list was told: finishing it again tells what it is now.
    if (durationMs === undefined && existsSync(manifestPathOf(path))) {
      left.add(path);
      continue;
    }
    await store.recordings.put(
      durationMs === undefined
        ? { ...entry, state: 'failed', error: 'the switch was killed before any sound was kept' }
        : { ...entry, state: 'repaired', durationMs },
    );
  }
  return [...left];
}

/** Octets that we may still write where recordings lie, or will: their directory is made with the first one. */
export async function freeSpace(data: string, recordings: string): Promise<number> {
  const { bavail, bsize } = await statfs(recordings).catch(() => statfs(data));
  return bavail * bsize;
}
