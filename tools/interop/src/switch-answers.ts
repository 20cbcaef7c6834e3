/** A recording, as `vats recordings --json` tells it. */
export interface Recording {
  readonly call: string;
  readonly state: string;
  readonly from: string;
  readonly to: string;
  readonly startedAt: number;
  readonly durationMs?: number;
  /** The file's absolute path. */
  readonly file: string;
}

/** What of `vats status --json` tests read. */
export interface Status {
  readonly calls: number;
  readonly registrations: number;
  readonly memory: number;
  readonly sip: {
    /** Messages whose handling threw: our own faults. */
    readonly handlerFaults: number;
    /** Events of transactions whose handling threw. */
    readonly userFaults: number;
    /** Wrong credentials that were judged. */
    readonly authenticationFailures: number;
    readonly handshakesFailed: number;
  };
  readonly load: {
    /** Whether new requests are being refused. */
    readonly overloaded: boolean;
    readonly lateness: number;
    readonly backlog: number;
    readonly occupancy: number;
    readonly admitted: { readonly known: number };
    readonly refused: number;
    readonly episodes: number;
  };
  readonly access: {
    /** Bans that stand. */
    readonly bans: number;
    /** What the gate turned away, by its reason. */
    readonly counters: Readonly<
      Record<'fenced' | 'banned' | 'overRate' | 'overTotal' | 'scanners' | 'wouldRefuse' | 'barred', number>
    >;
  };
  readonly ledger: Readonly<Record<string, number>>;
}

/** A phone that is registered, as `vats registrations --json` tells it. */
export interface Registration {
  readonly login: string;
  readonly contact: string;
  readonly transport: string;
  /** The far end of its flow. */
  readonly source: string;
  readonly reachable: boolean;
  /** Why it can't be reached. */
  readonly reason?: string;
  readonly behindNat: boolean;
  /** Of the last OPTIONS of ours that was answered, in ms. */
  readonly roundTrip?: number;
}

/** A ban, as `vats bans --json` tells it. */
export interface Ban {
  readonly id: string;
  readonly network: string;
  readonly user?: string;
  readonly until?: number;
  readonly by: string;
  readonly reason: string;
}

/** A trunk, as `vats trunks --json` tells it. */
export interface TrunkRow {
  readonly name: string;
  readonly state: string;
  readonly answer?: { readonly status?: number; readonly reason: string; readonly why?: string };
  /** Wall times in milliseconds. */
  readonly until?: number;
  readonly nextTryAt?: number;
  readonly up?: boolean;
  readonly servers?: readonly { readonly endpoint: string }[];
}

/** A finished call, as `vats calls --history --json` tells it. */
export interface PastCall {
  readonly id: string;
  readonly direction: string;
  readonly result: string;
  readonly outcome: string;
  readonly from: { readonly number: string };
  readonly dialled: string;
  readonly did?: string;
  readonly trunk?: string;
  readonly group?: string;
  readonly answeredBy?: { readonly number: string; readonly extension?: string };
  /** Until somebody answered. */
  readonly waitMs: number;
  readonly talkMs: number;
}
