import type { Clock, Ledger } from '@vats/kernel';
import type {
  AddressFamily,
  LocalMedia,
  MediaEvent,
  MediaPlane,
  MediaPlaneStatistics,
  OpenLegOptions,
} from '../plane/media-plane.ts';
import { FakeMediaCall } from './fake-media-call.ts';

export interface FakeMediaPlaneOptions {
  /** Events come by its timers of 0 ms, so `clock.advance(0)` delivers them. */
  readonly clock: Clock;
  /** Gets the same counts as from the real plane. */
  readonly ledger?: Ledger;
  /** Default: 127.0.0.1 and ::1. */
  readonly addresses?: Partial<Record<AddressFamily, string>>;
  /** Pairs that can be leased at once. Default 1000. */
  readonly pairs?: number;
}

const FIRST_PORT = 20_000;

/**
 * A media plane without sockets, for tests of what stands above: it keeps every command, leases ports in order (20000,
 * 20002, …; given back ones are not used again), and does to recordings and closings what the real one does.
 */
export class FakeMediaPlane implements MediaPlane {
  readonly families: readonly AddressFamily[];
  /** Every call ever opened, closed ones too, in order. */
  readonly calls: FakeMediaCall[] = [];
  readonly #clock: Clock;
  readonly #addresses: Partial<Record<AddressFamily, string>>;
  readonly #pairs: number;
  #nextPort = FIRST_PORT;
  #leased = 0;

  constructor(options: FakeMediaPlaneOptions) {
    this.#clock = options.clock;
    this.#addresses = options.addresses ?? { 4: '127.0.0.1', 6: '::1' };
    this.#pairs = options.pairs ?? 1000;
    this.families = ([4, 6] as const).filter((family) => this.#addresses[family] !== undefined);
    options.ledger?.enrol('media calls', () => this.statistics().calls);
    options.ledger?.enrol('media port pairs', () => this.#leased);
    options.ledger?.enrol('recordings', () => this.statistics().recordings);
  }

  openCall(callId: string, user: (event: MediaEvent) => void): FakeMediaCall | undefined {
    if (this.#leased >= this.#pairs) return undefined;
    const call = new FakeMediaCall(this, this.#clock, callId, user);
    this.calls.push(call);
    return call;
  }

  /** The newest call with that id; a test that asks for another is wrong. */
  call(callId: string): FakeMediaCall {
    const call = this.calls.findLast((each) => each.callId === callId);
    if (call === undefined) throw new Error(`no media call ${callId}`);
    return call;
  }

  statistics(): MediaPlaneStatistics {
    const open = this.calls.filter((call) => !call.ended);
    return {
      workers: 1,
      calls: open.length,
      recordings: open.filter((call) => call.recording !== undefined).length,
      encryptedLegs: open.reduce((sum, call) => sum + call.encryptedLegs, 0),
      convertedCalls: open.filter((call) => call.converts).length,
      pairs: { leased: this.#leased, warm: this.#pairs - this.#leased, total: this.#pairs },
      workersLost: 0,
    };
  }

  async close(): Promise<void> {
    for (const call of this.calls) call.close();
  }

  /** For FakeMediaCall. */
  lease(options: OpenLegOptions): LocalMedia | undefined {
    const bound = this.#addresses[options.family];
    if (bound === undefined || this.#leased >= this.#pairs) return undefined;
    this.#leased++;
    const port = this.#nextPort;
    this.#nextPort += 2;
    return { address: options.advertise ?? bound, port, rtcpPort: port + 1 };
  }

  /** For FakeMediaCall. */
  giveBack(): void {
    this.#leased--;
  }
}
