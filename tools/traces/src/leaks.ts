import { hostname, networkInterfaces } from 'node:os';
import { isIPv6 } from '@vats/kernel';
import type { Trace } from './trace.ts';

/** Names too common to mean the machine. */
const ANYONES_NAMES = new Set(['localhost', '']);

/** What this machine is called and where it is: what must not stand in a trace that is made on it. */
export function namesOfThisMachine(): string[] {
  return [hostname(), ...ownAddresses()].filter((name) => !ANYONES_NAMES.has(name.toLowerCase()));
}

/**
 * What a trace tells of the machine that it was made on: addresses that are not of the loopback network, and any of
 * `names` in a message.
 */
export function leaksOf({ messages, streams }: Trace, names: readonly string[] = []): string[] {
  const leaks = new Set<string>();
  for (const { from, to } of [...messages, ...streams]) {
    for (const { address } of [from, to]) if (!isLoopback(address)) leaks.add(`address ${address}`);
  }
  for (const { number, octets } of messages) {
    const text = octets.toString('latin1').toLowerCase();
    for (const name of names) {
      if (standsAsHost(text, name.toLowerCase())) leaks.add(`message ${number} names ${name}`);
    }
  }
  return [...leaks];
}

/** True where a name stands as a host does in a header; a short one may well occur inside of a tag. */
function standsAsHost(text: string, name: string): boolean {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<=[@ /:;="[]|^)${escaped}(?=[\\]:;> "\\r]|$)`, 'm').test(text);
}

function isLoopback(address: string): boolean {
  return isIPv6(address) ? address === '::1' : address.startsWith('127.');
}

function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return all.map(({ address }) => address).filter((address) => !isLoopback(address));
}
