import { parseUri } from '@vats/sip';
import { expect, test } from 'vitest';
import { mayGoOver } from './secure-call.ts';

const to = (uri: string) => ({ requestUri: parseUri(uri) });

test.each([
  ['sips:202@acme.example', 'udp', false],
  ['sips:202@acme.example', 'tcp', false],
  ['sips:202@acme.example', 'ws', false],
  ['SIPS:202@acme.example', 'udp', false],
  ['sips:202@acme.example', 'tls', true],
  ['sips:202@acme.example', 'wss', true],
  ['sip:202@acme.example', 'udp', true],
  ['sip:202@acme.example;transport=tls', 'udp', true],
  ['tel:202', 'udp', true],
] as const)('RFC 5630 §3.1.3: a call to %s goes over %s: %s', (uri, transport, may) => {
  expect(mayGoOver(to(uri), transport)).toBe(may);
});
