import type { Failure } from '../store-error.ts';
import type { Tables } from './tables.ts';

/** One statement's worth of change. */
export type Write =
  | { readonly do: 'put-meta'; readonly row: Tables['meta'] }
  | { readonly do: 'put-domain'; readonly row: Tables['domains'] }
  | { readonly do: 'remove-domain'; readonly id: string }
  | { readonly do: 'put-object'; readonly row: Tables['objects'] }
  | { readonly do: 'remove-object'; readonly domain: string; readonly list: string; readonly key: string }
  | { readonly do: 'put-applied'; readonly row: Tables['applied_files'] }
  | { readonly do: 'put-binding'; readonly row: Tables['bindings'] }
  | { readonly do: 'remove-binding'; readonly id: string }
  /** A finished call and all by which it is found; its note goes, and so does what an earlier record of it had. */
  | {
      readonly do: 'put-call';
      readonly row: Tables['calls'];
      readonly numbers: readonly Pick<Tables['call_numbers'], 'reversed' | 'number'>[];
      readonly conversation?: Tables['conversations'];
    }
  | { readonly do: 'remove-call'; readonly id: string }
  | { readonly do: 'remove-conversations'; readonly before: number }
  | { readonly do: 'note-call'; readonly row: Tables['open_calls'] }
  | { readonly do: 'put-recording'; readonly row: Tables['recordings'] }
  | { readonly do: 'put-ban'; readonly row: Tables['bans'] }
  | { readonly do: 'remove-ban'; readonly id: string }
  | { readonly do: 'put-place'; readonly row: Tables['places'] }
  | { readonly do: 'remove-place'; readonly domain: string; readonly login: string; readonly address: string }
  /** Adds to what the subject used in that minute already. */
  | { readonly do: 'add-spent'; readonly row: Tables['spending_minute'] }
  | { readonly do: 'forget-spent'; readonly before: number }
  | { readonly do: 'put-held'; readonly row: Tables['spending_held'] }
  | { readonly do: 'remove-held'; readonly call: string }
  | { readonly do: 'put-rates'; readonly row: Tables['rates'] }
  | { readonly do: 'remove-rates'; readonly domain: string; readonly name: string }
  /** Many at once, as JSON of `ContactRow`s: text passes from thread to thread much faster than objects do. */
  | { readonly do: 'put-contacts'; readonly domain: string; readonly rows: string }
  | { readonly do: 'remove-contact'; readonly domain: string; readonly number: string }
  | { readonly do: 'remove-contacts'; readonly domain: string }
  | { readonly do: 'put-message'; readonly row: Tables['messages'] }
  | { readonly do: 'remove-message'; readonly id: string }
  | { readonly do: 'put-mailbox'; readonly row: Tables['mailboxes'] }
  | { readonly do: 'put-numbering'; readonly row: Tables['numbering'] }
  | { readonly do: 'remove-numbering' };

/** What `put-contacts` carries. */
export type ContactRow = readonly [number: string, name: string, extension: string];

/** Writes that hold together: all of them, or none. */
export type WriteGroup = readonly Write[];

/** Which rows of a list that is read newest first. */
export interface Page {
  readonly limit: number;
  readonly before?: number;
  readonly domain?: string;
}

/** Keys of which a call must have one. */
export interface SoughtParty {
  readonly keys: readonly { readonly kind: string; readonly key: string }[];
  /** And the numbers that end in these digits, last digit first. */
  readonly endingReversed?: string;
}

/** Which finished calls, newest first: all that is given must hold. */
export interface CallSearch {
  readonly limit: number;
  readonly domain?: string;
  readonly parties: readonly SoughtParty[];
  readonly classes?: readonly number[];
  /** Started then or later. */
  readonly since: number;
  /** Those that come after this one in the list; its id may be empty: started before that time. */
  readonly after: { readonly startedAt: number; readonly id: string };
}

export type Read =
  | { readonly read: 'everything' }
  | { readonly read: 'bindings' }
  | { readonly read: 'bans' }
  | { readonly read: 'places' }
  | { readonly read: 'spent'; readonly since: number }
  | { readonly read: 'held' }
  | { readonly read: 'rates' }
  | { readonly read: 'numbering' }
  | { readonly read: 'voicemail' }
  /** In the order of their numbers, after one of them. */
  | {
      readonly read: 'contacts';
      readonly after?: { readonly domain: string; readonly number: string };
      readonly limit: number;
    }
  | ({ readonly read: 'calls' } & CallSearch)
  | { readonly read: 'call'; readonly id: string }
  | { readonly read: 'calls-before'; readonly before: number; readonly limit: number }
  | { readonly read: 'open-calls' }
  | { readonly read: 'conversations'; readonly since: number }
  | ({ readonly read: 'recordings'; readonly call?: string; readonly state?: string; readonly path?: string } & Page);

/** The rows that each kind of read answers with. */
export interface Rows {
  /** What is held in memory from the start. */
  everything: {
    readonly meta: readonly Tables['meta'][];
    readonly domains: readonly Tables['domains'][];
    readonly objects: readonly Tables['objects'][];
    readonly applied: readonly Tables['applied_files'][];
  };
  bindings: readonly Tables['bindings'][];
  calls: {
    /** A CallSummary each, in JSON. */
    readonly records: readonly string[];
    /** Down to where was looked, if the page is not full and there may be more behind. */
    readonly lookedBackTo?: { readonly startedAt: number; readonly id: string };
  };
  call: readonly Pick<Tables['calls'], 'record' | 'story'>[];
  'calls-before': readonly Pick<Tables['calls'], 'id'>[];
  'open-calls': readonly Tables['open_calls'][];
  conversations: readonly Tables['conversations'][];
  recordings: readonly Tables['recordings'][];
  bans: readonly Tables['bans'][];
  places: readonly Tables['places'][];
  spent: readonly Tables['spending_minute'][];
  held: readonly Tables['spending_held'][];
  rates: readonly Tables['rates'][];
  contacts: readonly Tables['contacts'][];
  numbering: readonly Tables['numbering'][];
  voicemail: { readonly messages: readonly Tables['messages'][]; readonly boxes: readonly Tables['mailboxes'][] };
}

/** To the worker. It answers every request with its number, in the order that they came. */
export type Request =
  | { readonly number: number; readonly ask: 'open'; readonly file: string; readonly toRead?: boolean }
  | { readonly number: number; readonly ask: 'commit'; readonly groups: readonly WriteGroup[] }
  | { readonly number: number; readonly ask: 'read'; readonly read: Read }
  | { readonly number: number; readonly ask: 'close' };

/** From the worker. */
export type Reply =
  | { readonly number: number; readonly reply: 'done' }
  /** What became of each group of a commit: null when it is durable. */
  | { readonly number: number; readonly reply: 'committed'; readonly failures: readonly (Failure | null)[] }
  | { readonly number: number; readonly reply: 'rows'; readonly rows: Rows[keyof Rows] }
  | { readonly number: number; readonly reply: 'failed'; readonly failure: Failure };
