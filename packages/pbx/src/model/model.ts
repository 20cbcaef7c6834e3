import type { AccessPolicy } from '../schema/access.ts';
import type { Calendar } from '../schema/calendar.ts';
import type { Codes } from '../schema/codes.ts';
import type { ConferenceEntry } from '../schema/conference.ts';
import type { GroupEntry, KnownEmployee } from '../schema/group.ts';
import type { Hours } from '../schema/hours.ts';
import type { Limits } from '../schema/limits.ts';
import type { NumberEntry, OutboundRule } from '../schema/outbound.ts';
import type { RecordingPolicy } from '../schema/recording.ts';
import type { Regions } from '../schema/region.ts';
import type { SchemeEntry } from '../schema/scheme.ts';
import type { TrunkEntry } from '../schema/trunk.ts';
import type { DeviceEntry, DigestChoice, UserEntry } from '../schema/user.ts';
import type { VoicemailSettings } from '../schema/voicemail.ts';

/** What nobody may change: the model is replaced as a whole, so whoever reads it sees one moment of it. */
export type Frozen<T> = T extends string | number | boolean | undefined
  ? T
  : { readonly [Key in keyof T]: Frozen<T[Key]> };

/**
 * Who an object belongs to: `file:` and a hash of the file's name for what `vats apply` made, or where a person edited
 * it. An apply takes over what its file names; `--prune` removes only what the same file made.
 */
export type ManagedBy = `file:${string}` | 'cli' | 'console';

/** What every object of the model has beside its own keys. */
export interface Managed {
  readonly managedBy: ManagedBy;
}

/** H(username:realm:password), in lower-case hexadecimal: all that checking a digest needs (RFC 7616 §3.4.2). */
export interface Ha1Digests {
  readonly md5: string;
  readonly sha256: string;
}

/** An account's password under its domain's realm, for the username `login` and for `login@domain`. */
export interface DeviceHa1 extends Ha1Digests {
  readonly withDomain?: Ha1Digests & { readonly domain: string };
}

export interface Device extends Frozen<Omit<DeviceEntry, 'password' | 'ha1'>> {
  readonly ha1: DeviceHa1;
}

export interface User extends Frozen<Omit<UserEntry, 'devices'>>, Managed {
  readonly devices: readonly Device[];
}

export interface Group extends Frozen<GroupEntry>, Managed {}

/** A trunk; in memory its password is clear, because a digest needs the realm that the operator names. */
export interface Trunk extends Frozen<Omit<TrunkEntry, 'register'>>, Managed {
  readonly register?: TrunkRegistration;
}
/** What a trunk is believed and told of who calls, who was called, and who answered. */
export type TrunkIdentity = NonNullable<Trunk['identity']>;

export interface TrunkRegistration extends Frozen<Omit<NonNullable<TrunkEntry['register']>, 'password'>> {
  readonly password: string;
}

export interface DomainNumber extends Frozen<NumberEntry>, Managed {}

export interface Scheme extends Frozen<SchemeEntry>, Managed {}

export type Conference = Frozen<ConferenceEntry>;

/** Settings of a domain as its file or an edit wrote them; what is not there has its default (`domainDefaults`). */
export interface DomainSettings {
  readonly aliases?: readonly string[];
  readonly timezone?: string;
  readonly language?: 'ru' | 'en';
  readonly tones?: string;
  readonly holdMusic?: string;
  readonly access?: Frozen<AccessPolicy>;
  readonly digest?: DigestChoice;
  readonly recording?: Frozen<RecordingPolicy>;
  readonly voicemail?: Frozen<VoicemailSettings>;
  readonly calendar?: Frozen<Calendar>;
  readonly limits?: Frozen<Limits>;
  readonly outbound?: readonly Frozen<OutboundRule>[];
  readonly conferences?: readonly Conference[];
  readonly codes?: Frozen<Codes>;
  readonly knownEmployee?: Frozen<KnownEmployee>;
  readonly callerId?: string;
  readonly hours?: Frozen<Hours>;
  readonly regions?: Frozen<Regions>;
  readonly block?: readonly string[];
  readonly accept?: readonly string[];
}
export type SettingName = keyof DomainSettings;

/** One customer's PBX. */
export interface Domain extends Managed {
  /** Never changes and is never shown: the key of what is kept about the domain elsewhere (bindings, history). */
  readonly id: string;
  /** The host part by which its accounts are addressed; lower case. */
  readonly name: string;
  /** The digest realm, fixed when the domain was made: a rename kills no account. */
  readonly realm: string;
  readonly settings: DomainSettings;
  /** Who wrote each setting that is there. */
  readonly settingsBy: Readonly<Partial<Record<SettingName, ManagedBy>>>;
  readonly users: readonly User[];
  readonly groups: readonly Group[];
  readonly trunks: readonly Trunk[];
  readonly numbers: readonly DomainNumber[];
  readonly schemes: readonly Scheme[];
}

/** Everything that is configured, of all domains. Immutable. */
export interface Model {
  readonly domains: readonly Domain[];
}

export const EMPTY_MODEL: Model = { domains: [] };

/** Settings that have no default of the domain's: what is not there is not asked for. */
type Undefaulted =
  | 'codes'
  | 'digest'
  | 'limits'
  | 'knownEmployee'
  | 'callerId'
  | 'block'
  | 'accept'
  | 'hours'
  | 'regions';

/** What holds where a domain's settings say nothing. */
export const DOMAIN_DEFAULTS = {
  aliases: [],
  timezone: 'Europe/Moscow',
  language: 'ru',
  tones: 'RU',
  holdMusic: 'default',
  access: { mode: 'any' },
  recording: { mode: 'none' },
  voicemail: {},
  calendar: {},
  outbound: [],
  conferences: [],
} as const satisfies Required<Omit<DomainSettings, Undefaulted>>;

/** A domain's setting, or its default. (The default of `digest` is the machine's: `digestOf`; that of `limits` holds for
 * costly calls only: `boundsAt`.) */
export function setting<Name extends keyof typeof DOMAIN_DEFAULTS>(
  domain: Domain,
  name: Name,
): NonNullable<DomainSettings[Name]> {
  const defaults: Required<Omit<DomainSettings, Undefaulted>> = DOMAIN_DEFAULTS;
  return domain.settings[name] ?? (defaults[name] as NonNullable<DomainSettings[Name]>);
}

/** The algorithms that an account is challenged with: its own choice, else its domain's, else the machine's. */
export function digestOf(domain: Domain, device: Device | undefined, machine: DigestChoice): DigestChoice {
  return device?.digest ?? domain.settings.digest ?? machine;
}
