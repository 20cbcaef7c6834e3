import type { Clock, Endpoint, Random } from '@vats/kernel';
import type { DigestClient, TransactionLayer, TransportLayer } from '@vats/sip';
import type { InstanceId, LineIdentity } from './line-requests.ts';
import type { TrunkPeer } from './trunk-peer.ts';

/**
 * - `registering`: no answer has decided anything yet
 * - `registered`: the peer keeps our binding; so also while a refresh fails, until the granted time is over
 * - `rejected`: the peer answered and refused
 * - `unreachable`: no server of the peer answered, or none would do it now
 * - `ended`: removed; nothing is tried any more
 */
export type RegistrationState = 'registering' | 'registered' | 'rejected' | 'unreachable' | 'ended';

export interface RegistrationParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly transactions: Pick<TransactionLayer, 'send'>;
  readonly transport: Pick<TransportLayer, 'flowTo' | 'sentBy' | 'dropFlows'>;
  readonly peer: TrunkPeer;
  readonly identity: LineIdentity;
  /** Where the registrar wants flows (RFC 5626): who we are through restarts. */
  readonly instance?: InstanceId;
  /** Seconds to ask for. */
  readonly expires: number;
  readonly userAgent: string;
  readonly credentials: () => DigestClient;
  /** State, or what it came by, really changed. */
  readonly onChange: () => void;
  /** The peer answered from there: a sign of life, whatever it said. */
  readonly onHeard: (endpoint: Endpoint) => void;
}
