import type { Clock, Ledger, Log, Random } from '@vats/kernel';
import type { MediaPlane } from '@vats/media';
import type { Domain, World } from '@vats/pbx';
import type { DialogLayer, Flow } from '@vats/sip';
import type { CallEvent } from './call-event.ts';
import type { FarEnd } from './leg.ts';

/** A way to a phone: what the registrar knows of one binding that can be rung now. */
export interface ReachablePhone extends FarEnd {
  /** The Contact as the phone registered it. */
  readonly requestUri: string;
  /** Route header values towards it (RFC 3327), first hop first. */
  readonly routes: readonly string[];
}

/** Where the phones of an account are; the registrar answers. */
export type Locate = (domain: Domain, login: string) => readonly ReachablePhone[];

export interface CallSettings {
  /** Folder below which recordings are laid by day. */
  readonly recordings: string;
  /** An answered call ends after this long, milliseconds. */
  readonly timeLimit: number;
  /** Calls at once; one more gets 503. */
  readonly maxCalls: number;
}

/** What calls are made of; `createSwitch` joins it. */
export interface CallsParts {
  readonly dialogs: DialogLayer;
  readonly media: MediaPlane;
  readonly locate: Locate;
  /** The model and the moment, for the plan. */
  readonly world: () => World;
  /** Host and port that From and To of our INVITEs over this flow name. */
  readonly hostOf: (flow: Flow, domain: Domain) => { readonly host: string; readonly port?: number };
  /** What SDP to this peer names instead of the bound media address; undefined for peers that are local. */
  readonly advertisedMedia: (flow: Flow) => string | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly settings: CallSettings;
  /** Told every event of every call, in order within a call. */
  readonly emit: (event: CallEvent) => void;
}
