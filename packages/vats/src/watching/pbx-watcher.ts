import type { Directory } from '@vats/pbx';
import { SipUri, toWire, type Watcher } from '@vats/sip';
import type { Resource } from './resource.ts';

/** A phone that watches something, and how it calls it. */
export interface PbxWatcher extends Watcher {
  /** `Domain.id`. */
  readonly domain: string;
  readonly login: string;
  readonly extension: string;
  /** URI of what it watches, as it wrote it: what documents are about. */
  readonly entity: string;
  /** Host and port of that: who is named in a document can be called there. */
  readonly host: string;
  readonly port: number | undefined;
  /** Its own address, where that is not its flow's: behind a proxy. */
  readonly client?: string;
}

/** The account of a watcher, for counting. */
export function accountOf(domain: string, login: string): string {
  return `${domain}\n${login}`;
}

/** A number of this domain as a watcher may call it. */
export function uriFor({ host, port }: PbxWatcher, number: string): string {
  return SipUri.of({ user: toWire(number), host, port }).toString();
}

/**
 * Whether a watcher is told with whom an employee speaks. That they are on the phone everybody of the company sees; the other party
 * only they themselves, and who is in a group with them, as colleagues take each other's calls there.
 */
export function seesParties(directory: Directory, watcher: PbxWatcher, { domain: id, kind, name }: Resource): boolean {
  const domain = directory.domainById(id);
  if (domain === undefined || kind !== 'employee') return false;
  if (watcher.extension === name) return true;
  return directory
    .groupsOf(domain, name)
    .some(({ extension }) => directory.isMember(domain, extension, watcher.extension));
}
