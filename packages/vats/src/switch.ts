import type { AskDecision, CallEvent, CallManager, Spending } from '@vats/calls';
import type { Clock, Ledger, Log, Random } from '@vats/kernel';
import type { MediaPlane } from '@vats/media';
import type { SpendingAccounts, SpendingEvent } from '@vats/pbx';
import type { Registrar, RegistrarEvent, TrunkEvent, TrunkLines } from '@vats/registrar';
import type {
  DnsQuestions,
  Listener,
  LoadSample,
  LoadSources,
  Network,
  OverloadControl,
  TlsRim,
  TransactionLayer,
  TransportLayer,
} from '@vats/sip';
import type { Store } from '@vats/store';
import type { AccessControl } from './access/access-control.ts';
import type { AccessEvent } from './access/access-event.ts';
import type { ContactBook } from './contact-book.ts';
import type { Authenticator } from './front-door/authenticator.ts';
import type { Visitors } from './front-door/visitors.ts';
import type { MessageRelay } from './messages/message-relay.ts';
import type { Numbering } from './numbering/numbering.ts';
import type { PbxModel } from './pbx-model.ts';
import type { RateTables } from './rate-tables.ts';
import type { DiskWatch } from './recordings/disk-watch.ts';
import type { RecordingStorage } from './recordings/recording-storage.ts';
import type { GroupLogins } from './routing-world/group-logins.ts';
import type { LiveWorld, OtherAnswers } from './routing-world/live-world.ts';
import type { OwnSettingsKeeper } from './routing-world/own-settings.ts';
import type { Settings, TlsSettings } from './settings/index.ts';
import type { TlsKeeper } from './tls/tls-keeper.ts';
import type { Trunks } from './trunks.ts';
import type { Voicemail, VoicemailEvent } from './voicemail/voicemail.ts';
import type { Watching } from './watching/watching.ts';

/** New requests began to be refused because there are too many, or that is over. Times in ms but for `seconds`. */
export type LoadEvent =
  | ({ readonly type: 'overload-began' } & LoadSample)
  | { readonly type: 'overload-ended'; readonly seconds: number; readonly refused: number };

/** What a test puts in the place of the machine. */
export interface SwitchParts {
  readonly network?: Network;
  readonly tls?: TlsRim;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Log;
  readonly media?: MediaPlane;
  /** Asks services of companies what is done with a caller. */
  readonly decide?: AskDecision;
  readonly store?: Store;
  readonly ledger?: Ledger;
  readonly dns?: DnsQuestions;
  /** Trunks as they run; none without it. */
  readonly trunks?: Trunks;
  /** What calls outside use up; nothing is counted without it. */
  readonly spending?: Spending;
  /** What plans ask of contact lists and rates. */
  readonly answers?: OtherAnswers;
  /** Octets free where recordings lie. */
  readonly freeSpace?: () => Promise<number>;
  /** Told every event of every call, terminal ones when they are on disk. */
  readonly onCallEvent?: (event: CallEvent) => void;
  readonly onRegistrarEvent?: (event: RegistrarEvent) => void;
  readonly onAccessEvent?: (event: AccessEvent) => void;
  readonly onSpendingEvent?: (event: SpendingEvent) => void;
  readonly onTrunkEvent?: (event: TrunkEvent) => void;
  readonly onLoadEvent?: (event: LoadEvent) => void;
  /** Told when a message was left (it is on disk then), heard, or deleted. */
  readonly onVoicemailEvent?: (event: VoicemailEvent) => void;
  /** What is measured of the load; under a clock that is given the event loop is taken to be at rest unless it says otherwise. */
  readonly load?: Partial<LoadSources>;
}

/** A switch that runs. */
export interface Switch {
  readonly settings: Settings;
  /** The clock that all of it goes by. */
  readonly clock: Clock;
  readonly startedAt: number;
  readonly listeners: readonly Listener[];
  readonly ledger: Ledger;
  readonly model: PbxModel;
  readonly calls: CallManager;
  readonly registrar: Registrar;
  /** Our side of the trunks. */
  readonly trunks: TrunkLines;
  readonly store: Store;
  readonly media: MediaPlane;
  readonly transport: TransportLayer;
  readonly transactions: TransactionLayer;
  readonly overload: OverloadControl;
  readonly authenticator: Authenticator;
  readonly access: AccessControl;
  readonly visitors: Visitors;
  /** What calls outside used of their limits. */
  readonly spending: SpendingAccounts;
  /** What calls outside cost. */
  readonly rates: RateTables;
  /** Who has which number outside. */
  readonly contacts: ContactBook;
  /** Which number outside is whose and from where. */
  readonly numbering: Numbering;
  /** The room that is left for recordings. */
  readonly disk: Pick<DiskWatch, 'isLow' | 'free'>;
  /** Where recordings are kept. */
  readonly storage: Pick<RecordingStorage, 'find' | 'status'>;
  /** The moment as plans see it. */
  readonly world: LiveWorld;
  readonly logins: GroupLogins;
  /** What employees have set by phone. */
  readonly own: OwnSettingsKeeper;
  /** Our certificates, as far as we have any, and what an operator should know of them. */
  readonly tls: Pick<TlsKeeper, 'certificates' | 'warnings'>;
  /** Reads the certificates anew; connections that are there stay. @throws StartFailure, with all as it was */
  reloadTls(settings: TlsSettings): void;
  /** Who watches whom. */
  readonly watching: Watching;
  /** Mailboxes and the messages in them. */
  readonly voicemail: Voicemail;
  /** Carries messages between employees. */
  readonly messages: MessageRelay;
  /**
   * Who may come was changed: puts these settings in force, all but the proxies, reads the country table anew, and ends what
   * those hold who may not come any more. @throws GeoDatabaseError, with all as it was
   */
  reloadAccess(settings: Settings['access']): void;
  /** Judges anew those who were let in: the country table was changed. */
  sweepAccess(): void;
  /**
   * New calls get 503 from now on; resolves when the last one has ended, or when `limit` milliseconds are over and what
   * was left has been hung up.
   */
  drain(limit: number): Promise<void>;
  /** Ends everything: calls, flows, files, the store. Idempotent. */
  close(): Promise<void>;
}
