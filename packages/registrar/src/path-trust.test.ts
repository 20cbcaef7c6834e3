import { parseUri, type SipUri } from '@vats/sip';
import { expect, test } from 'vitest';
import { believesPath } from './path-trust.ts';

const PROXIES = ['192.0.2.1', '192.0.2.2'];

function isBelieved(observed: string, client: string | undefined, ...hosts: string[]): boolean {
  const path = hosts.map((host) => {
    const uri = parseUri(`sip:${host};lr`);
    if (!uri.ok) throw new Error(host);
    return uri.value as SipUri;
  });
  const isProxy = (address: string) => PROXIES.includes(address);
  const isOwnName = (host: string) => host === 'office.example';
  return believesPath(path, { observed, isProxy, isOwnName, ...(client !== undefined && { client }) });
}

test('RFC 3327 §6.2: a hop must be one that the REGISTER has passed', () => {
  expect(isBelieved('203.0.113.9', undefined, '203.0.113.9')).toBe(true);
  expect(isBelieved('203.0.113.9', undefined, 'office.example')).toBe(true);
  expect(isBelieved('203.0.113.9', undefined, '198.51.100.7')).toBe(false);
  expect(isBelieved('192.0.2.1', '198.51.100.7', '192.0.2.1', '192.0.2.2', '198.51.100.7')).toBe(true);
  expect(isBelieved('192.0.2.1', undefined, '192.0.2.1', '198.51.100.7')).toBe(false);
});

test('security: who registers directly does not have us send to a proxy of ours, at a port of its choice', () => {
  expect(isBelieved('203.0.113.9', undefined, '192.0.2.1:6379')).toBe(false);
  expect(isBelieved('203.0.113.9', undefined, '203.0.113.9', '192.0.2.1')).toBe(false);
});
