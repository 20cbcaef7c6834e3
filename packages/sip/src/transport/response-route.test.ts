import { describe, expect, test } from 'vitest';
import { parseVia, type Via } from '../message/via.ts';
import { datagramResponseTarget, reconnectTarget } from './response-route.ts';

const OBSERVED = { address: '203.0.113.9', port: 40_001 };

function via(sentByAndParams: string): Via {
  const parsed = parseVia(`SIP/2.0/UDP ${sentByAndParams}`);
  if (!parsed.ok) throw new Error(parsed.error.code);
  return parsed.value;
}

describe('responses over UDP (RFC 3261 §18.2.2, RFC 3581 §4)', () => {
  test.each([
    ['192.0.2.1:5070;branch=z9hG4bKa', { address: '203.0.113.9', port: 5070 }],
    ['phone.example.com;branch=z9hG4bKa', { address: '203.0.113.9', port: 5060 }],
    ['192.0.2.1:5070;branch=z9hG4bKa;rport', OBSERVED],
    ['192.0.2.1:5070;rport=9;branch=z9hG4bKa', OBSERVED],
    // What the sender claims is not believed: nobody has our answers sent to others.
    ['192.0.2.1:5070;maddr=198.51.100.3;rport', OBSERVED],
    ['192.0.2.1;maddr=198.51.100.3', { address: '203.0.113.9', port: 5060 }],
    ['192.0.2.1:5070;received=198.51.100.66', { address: '203.0.113.9', port: 5070 }],
  ])('%s', (text, target) => expect(datagramResponseTarget(via(text), OBSERVED)).toEqual(target));
});

test('a response whose connection is gone goes to the port where the sender listens (RFC 3261 §18.2.2)', () => {
  expect(reconnectTarget(via('192.0.2.1:5070;rport'), OBSERVED, 'tcp')).toEqual({ address: '203.0.113.9', port: 5070 });
  expect(reconnectTarget(via('192.0.2.1;rport'), OBSERVED, 'tcp')).toEqual({ address: '203.0.113.9', port: 5060 });
});

test('RFC 3263 §5: a sent-by that names a host is not looked up: the answer goes to where the request came from', () => {
  const named = via('victim.example.com;branch=z9hG4bKa');
  expect(datagramResponseTarget(named, OBSERVED).address).toBe(OBSERVED.address);
  expect(reconnectTarget(named, OBSERVED, 'tcp')).toEqual({ address: OBSERVED.address, port: 5060 });
});
