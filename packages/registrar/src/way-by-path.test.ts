import { expect, test } from 'vitest';
import type { Binding } from './binding.ts';
import { proxyOf } from './way-by-path.ts';

const isProxy = (address: string) => address === '192.0.2.1' || address === '192.0.2.2';
const by = (path: string, observed: string) =>
  proxyOf(
    { path: [path], flow: { observed: { address: observed, port: 5060 }, transport: 'tcp' } } as unknown as Binding,
    isProxy,
  );

test('RFC 3327 §5.4: behind a proxy that is believed, it is where the Path says that it listens', () => {
  expect(by('<sip:192.0.2.1:5070;transport=tcp;lr>', '192.0.2.1')).toEqual({
    ...{ transport: 'tcp', endpoint: { address: '192.0.2.1', port: 5070 } },
  });
  expect(by('<sip:192.0.2.2;lr>', '192.0.2.1')).toMatchObject({ transport: 'udp', endpoint: { address: '192.0.2.2' } });
});

test('security: whoever is no proxy that is believed names no host but its own', () => {
  expect(by('<sip:203.0.113.9;transport=tcp;lr>', '203.0.113.9')).toMatchObject({
    endpoint: { address: '203.0.113.9' },
  });
  expect(by('<sip:192.0.2.1:6379;transport=tcp;lr>', '203.0.113.9')).toBeUndefined();
  expect(by('<sip:198.51.100.7;lr>', '192.0.2.1')).toBeUndefined();
});
