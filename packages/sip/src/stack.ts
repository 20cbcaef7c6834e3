import {
  type Clock,
  FaultLines,
  GuardedClock,
  Ledger,
  type Log,
  type Random,
  SILENT,
  SystemClock,
  SystemRandom,
} from '@vats/kernel';
import { DialogLayer, type DialogLayerOptions, type SessionTimerPolicy } from './dialog/index.ts';
import type { HeaderField } from './message/write-message.ts';
import { TransactionLayer } from './transaction/index.ts';
import {
  type Network,
  type Origins,
  SystemNetwork,
  type TlsRim,
  TransportLayer,
  type TransportLayerOptions,
} from './transport/index.ts';

export interface SipStackOptions {
  /** What User-Agent and Server say; without it neither is written. */
  readonly userAgent?: string;
  /** Methods that are taken within dialogs, and what Allow says; those of RFC 3261 unless given. */
  readonly allow?: readonly string[];
  /** Extensions that a Require may name, and what Supported says; none unless given. */
  readonly supported?: readonly string[];
  /** The machine's sockets unless given. */
  readonly network?: Network;
  /** The machine's clock unless given. */
  readonly clock?: Clock;
  /** The operating system's randomness unless given. */
  readonly random?: Random;
  /** Silent unless given. */
  readonly log?: Log;
  /** Counts what is alive; one of its own unless given. */
  readonly ledger?: Ledger;
  /** TLS and WSS can be listened on and spoken with it; `new SystemTls(material)`, or without material to speak it only. */
  readonly tls?: TlsRim;
  /** Pages of which web sites may open a WebSocket; none unless given. */
  readonly origins?: Origins;
  /** The session timer of calls that name none of their own (RFC 4028); adds `timer` to `supported`. */
  readonly sessionTimer?: SessionTimerPolicy;
  /** Reliable provisional responses (RFC 3262); adds `100rel` to `supported`. Which go so: `DialogLayerOptions.reliable`. */
  readonly reliable?: DialogLayerOptions['reliable'];
  /** What an answer to OPTIONS within a dialog says beside Allow and Supported. */
  readonly answersOptions?: readonly HeaderField[];
  /** What else the transport layer is told: who may talk to us, what we call ourselves. */
  readonly transport?: Pick<TransportLayerOptions, 'admit' | 'isKnown' | 'isProven' | 'sentBy' | 'timeouts' | 'bounds'>;
  /** What else the dialog layer is told. */
  readonly dialogs?: Pick<DialogLayerOptions, 'timers' | 'mayMove'>;
}

/** What an extension is called, and the methods that it needs within dialogs. */
const RELIABLE = { name: '100rel', methods: ['PRACK', 'UPDATE'] } as const;
const TIMER = { name: 'timer', methods: ['UPDATE'] } as const;
const METHODS = ['INVITE', 'ACK', 'BYE', 'CANCEL', 'OPTIONS', 'INFO', 'MESSAGE', 'NOTIFY'] as const;

/**
 * The layers of RFC 3261 §5 one on the other, ready to be listened on: transport (§18), transactions (§17), dialogs (§12-§15). Each can
 * be talked to; requests outside a dialog come to `dialogs.outOfDialog`.
 *
 * @example
 * const stack = new SipStack({ userAgent: 'door phone' });
 * stack.dialogs.outOfDialog = (request, flow) => stack.transactions.replyStatelessly(request, flow, { status: 404 });
 * await stack.transport.listen({ transport: 'udp', endpoint: { address: '127.0.0.1', port: 5060 } });
 */
export class SipStack {
  readonly clock: Clock;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly transport: TransportLayer;
  readonly transactions: TransactionLayer;
  readonly dialogs: DialogLayer;

  constructor(options: SipStackOptions = {}) {
    const { random = new SystemRandom(), ledger = new Ledger(), log = SILENT } = options;
    const bare = options.clock ?? new SystemClock();
    const faults = new FaultLines(bare, log);
    const clock = new GuardedClock(bare, (error) => faults.tell('timer.failed', error));
    const { network = new SystemNetwork(), userAgent, tls, origins, sessionTimer, reliable, answersOptions } = options;
    const extensions = [...(reliable === undefined ? [] : [RELIABLE]), ...(sessionTimer === undefined ? [] : [TIMER])];
    const supported = [...(options.supported ?? []), ...extensions.map(({ name }) => name)];
    const allow = [...(options.allow ?? METHODS), ...extensions.flatMap(({ methods }) => methods)];
    const common = { clock, random, ledger, log };
    this.clock = clock;
    this.random = random;
    this.ledger = ledger;
    this.transport = new TransportLayer({
      ...options.transport,
      ...common,
      network,
      ...(tls !== undefined && { tls }),
      ...(origins !== undefined && { origins }),
    });
    const { transport } = this;
    this.transactions = new TransactionLayer({ ...common, transport });
    const { transactions } = this;
    const named = userAgent === undefined ? {} : { userAgent };
    this.dialogs = new DialogLayer({
      ...options.dialogs,
      ...common,
      ...named,
      transport,
      transactions,
      allow: [...new Set(allow)],
      supported: [...new Set(supported)],
      ...(sessionTimer !== undefined && { sessionTimer }),
      ...(reliable !== undefined && { reliable }),
      ...(answersOptions !== undefined && { answersOptions }),
    });
  }

  /**
   * Lets go of all sockets, once every dialog is over or `patience` has passed: a BYE (RFC 3261 §15.1) may still wait for its answer.
   * @param patience milliseconds
   */
  async close(patience = 2_000): Promise<void> {
    const until = this.clock.monotonic() + patience;
    // A later turn at the earliest: what is being answered now is on its way then.
    do await new Promise<void>((resolve) => this.clock.after(LOOK_MS, resolve));
    while (this.dialogs.size > 0 && this.clock.monotonic() < until);
    this.transactions.close();
    await this.transport.close();
  }
}

/** Between two looks whether dialogs are over. */
const LOOK_MS = 5;
