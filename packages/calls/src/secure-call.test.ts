import { type Flow, parseUri, type TransportName } from '@vats/sip';
import { expect, test } from 'vitest';
import type { ReachablePhone } from './parts.ts';
import { mayGoOver, tlsAsked, waysTo } from './secure-call.ts';

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
  expect(mayGoOver(tlsAsked({ requestUri: parseUri(uri) }), transport)).toBe(may);
});

test('of a phone with several flows those on TLS are left, in their order', () => {
  const at = (transport: TransportName, id: string): ReachablePhone => ({
    flow: { transport, id } as Flow,
    requestUri: 'sip:202@192.0.2.1',
    routes: [],
  });
  const phones = [{ ...at('udp', '1'), otherFlows: [at('tls', '2'), at('tcp', '3'), at('wss', '4')] }, at('tcp', '5')];
  const ids = (ways: readonly ReachablePhone[]): unknown[] =>
    ways.map(({ flow, otherFlows = [] }) => [flow.id, ...otherFlows.map((each) => each.flow.id)]);
  expect(ids(waysTo(phones, { secure: true }))).toEqual([['2', '4']]);
  expect(ids(waysTo(phones, {}))).toEqual([['1', '2', '3', '4'], ['5']]);
});
