import { FAKE_EPOCH_MS } from '@vats/kernel/testing';
import type { Binding } from '../binding.ts';

/** Alice's phone at 192.0.2.10 over UDP, bound for an hour from the fake clock's start, but for what `changes` says. */
export function sampleBinding(changes: Partial<Binding> = {}): Binding {
  return {
    id: 'b1',
    domain: 'acme.example',
    login: 'alice',
    contact: 'sip:alice@192.0.2.10:5060',
    params: '',
    callId: 'reg1@192.0.2.10',
    cseq: 1,
    flow: {
      transport: 'udp',
      bound: { address: '198.51.100.1', port: 5060 },
      observed: { address: '192.0.2.10', port: 5060 },
      id: 'udp 198.51.100.1:5060 192.0.2.10:5060',
    },
    path: [],
    registeredAt: FAKE_EPOCH_MS,
    expiresAt: FAKE_EPOCH_MS + 3_600_000,
    ...changes,
  };
}
