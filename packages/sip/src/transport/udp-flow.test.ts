import { expect, test } from 'vitest';
import { newTransportCounters } from './counters.ts';
import type { DatagramSocket } from './network.ts';
import { UdpPort } from './udp-flow.ts';

const BOUND = { address: '192.0.2.1', port: 5060 };
const socket: DatagramSocket = { bound: BOUND, send: () => {}, close: async () => {} };

function port(): UdpPort {
  return new UdpPort(socket, newTransportCounters(), () => {});
}

test('a peer that speaks again has the same flow', () => {
  const ours = port();
  const flow = ours.flowTo({ address: '198.51.100.9', port: 5070 });
  expect(flow.id).toBe('udp/192.0.2.1:5060/198.51.100.9:5070');
  expect(ours.flowTo({ address: '198.51.100.9', port: 5070 })).toBe(flow);
});

test('however many peers there are, each has its own flow', () => {
  const ours = port();
  const first = ours.flowTo({ address: '10.0.0.0', port: 5060 });
  for (let host = 0; host < 256; host++) {
    for (let at = 5_060; at < 5_160; at++) {
      const address = `10.0.0.${host}`;
      expect(ours.flowTo({ address, port: at }).observed).toEqual({ address, port: at });
    }
  }
  // Its place was taken meanwhile; its ends, and what it is called, are as before.
  const again = ours.flowTo({ address: '10.0.0.0', port: 5060 });
  expect(again).not.toBe(first);
  expect(again.id).toBe(first.id);
});

test('it keeps nothing of the object that named the peer', () => {
  const named = { address: '198.51.100.9', port: 5070 };
  const flow = port().flowTo(named);
  named.port = 1;
  expect(flow.observed).toEqual({ address: '198.51.100.9', port: 5070 });
});
