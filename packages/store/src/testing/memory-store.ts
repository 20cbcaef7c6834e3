import { createHash } from 'node:crypto';
import type { Ban, BanStore, Place, PlaceStore } from '@vats/access';
import type {
  CallRecord,
  ContactStore,
  HistoryStore,
  MailboxEntry,
  Model,
  Rate,
  RateStore,
  RateTableName,
  RecordingEntry,
  RecordingFilter,
  RecordingStore,
  RegisterStore,
  SpendingStore,
  StoredRegister,
  VoiceMessage,
  VoicemailStore,
} from '@vats/pbx';
import { EMPTY_MODEL } from '@vats/pbx';
import { MemorySpendingStore } from '@vats/pbx/testing';
import type { Binding, BindingChange, BindingStore } from '@vats/registrar';
import type { AppliedFile, ModelStore, Store, StoreHealth } from '../store.ts';
import { StoreError } from '../store-error.ts';
import { MemoryContacts } from './memory-contacts.ts';
import { callPage, lastConversations } from './memory-history.ts';

/**
 * A store that keeps everything in memory, for tests of what stands above it. It copies what it is given, as a disk does;
 * writes resolve in a later turn, and fail when told to.
 */
export class MemoryStore implements Store {
  #failure: StoreError | undefined;
  #closed = false;
  #commits = 0;
  #model: Model = EMPTY_MODEL;
  readonly #applied = new Map<string, AppliedFile>();
  readonly #bindings = new Map<string, Binding>();
  readonly #calls = new Map<string, CallRecord>();
  readonly #openCalls = new Map<string, CallRecord>();
  readonly #recordingKeys = new Map<string, Buffer>();
  readonly #recordings = new Map<string, RecordingEntry>();
  readonly #bans = new Map<string, Ban>();
  readonly #places = new Map<string, Place>();
  readonly #spending = new MemorySpendingStore();
  readonly #rates = new Map<string, RateTableName & { readonly rates: readonly Rate[] }>();
  readonly #contacts = new MemoryContacts();
  #numbering: StoredRegister | undefined;
  readonly #messages = new Map<string, VoiceMessage>();
  readonly #boxes = new Map<string, MailboxEntry>();

  readonly models: ModelStore;
  readonly bindings: BindingStore;
  readonly history: HistoryStore;
  readonly recordings: RecordingStore;
  readonly bans: BanStore;
  readonly places: PlaceStore;
  readonly spending: SpendingStore;
  readonly rates: RateStore;
  readonly contacts: ContactStore;
  readonly numbering: RegisterStore;
  readonly voicemail: VoicemailStore;

  constructor(model: Model = EMPTY_MODEL) {
    this.#model = model;
    const current = (): Model => this.#model;
    this.models = {
      get model() {
        return current();
      },
      applied: this.#applied,
      save: (next, applied) =>
        this.#write(() => {
          const stays = new Set(next.domains.map(({ id }) => id));
          const gone = new Set(this.#model.domains.map(({ id }) => id).filter((id) => !stays.has(id)));
          for (const [key, { domain }] of this.#places) if (gone.has(domain)) this.#places.delete(key);
          for (const [key, { domain }] of this.#rates) if (gone.has(domain)) this.#rates.delete(key);
          for (const domain of gone) this.#contacts.forget(domain);
          this.#model = next;
          if (applied !== undefined) this.#applied.set(applied.name, applied);
        }),
    };
    this.bindings = {
      load: async () => [...this.#bindings.values()].map((binding) => structuredClone(binding)),
      write: ({ save, remove }: BindingChange) =>
        this.#write(() => {
          for (const id of remove) this.#bindings.delete(id);
          for (const binding of save) this.#bindings.set(binding.id, structuredClone(binding));
        }),
    };
    this.history = {
      append: (record) =>
        this.#write(() => {
          this.#calls.set(record.id, structuredClone(record));
          this.#openCalls.delete(record.id);
        }),
      noteOpen: (record) => this.#write(() => void this.#openCalls.set(record.id, structuredClone(record))),
      open: async () => [...this.#openCalls.values()].map((record) => structuredClone(record)),
      list: async (filter) => callPage([...this.#calls.values()], filter),
      find: async (id) => structuredClone(this.#calls.get(id)),
      conversationsSince: async (at) => lastConversations([...this.#calls.values()], at),
      removeBefore: async (at, atMost = 100) => {
        const gone = [...this.#calls.values()].filter(({ startedAt }) => startedAt < at).slice(0, atMost);
        await this.#write(() => {
          for (const { id } of gone) this.#calls.delete(id);
        });
        return gone.length;
      },
    };
    this.recordings = {
      put: (entry) => this.#write(() => void this.#recordings.set(entry.id, structuredClone(entry))),
      list: async (filter: RecordingFilter = {}) =>
        page(
          [...this.#recordings.values()].filter(
            ({ call, state, path }) =>
              (filter.call ?? call) === call && (filter.state ?? state) === state && (filter.path ?? path) === path,
          ),
          filter,
        ),
    };
    this.bans = {
      load: async () => [...this.#bans.values()].map((ban) => structuredClone(ban)),
      save: (ban) => this.#write(() => void this.#bans.set(ban.id, structuredClone(ban))),
      remove: (ids) =>
        this.#write(() => {
          for (const id of ids) this.#bans.delete(id);
        }),
    };
    this.places = {
      load: async () => [...this.#places.values()].map((place) => structuredClone(place)),
      save: (places) =>
        this.#write(() => {
          for (const place of places) this.#places.set(placeKey(place), structuredClone(place));
        }),
      remove: (places) =>
        this.#write(() => {
          for (const place of places) this.#places.delete(placeKey(place));
        }),
    };
    this.spending = {
      save: (changes) => this.#write(() => void this.#spending.save(changes)),
      load: (since) => this.#spending.load(since),
      forget: (before) => this.#write(() => void this.#spending.forget(before)),
    };
    this.rates = {
      load: async () => [...this.#rates.values()],
      save: (table, rates) => this.#write(() => void this.#rates.set(rateKey(table), { ...table, rates: [...rates] })),
      remove: (table) => this.#write(() => void this.#rates.delete(rateKey(table))),
    };
    const contacts = this.#contacts;
    this.contacts = {
      async *load() {
        yield contacts.all();
      },
      save: (change) => this.#write(() => contacts.take(change)),
    };
    this.voicemail = {
      load: async () => structuredClone({ messages: [...this.#messages.values()], boxes: [...this.#boxes.values()] }),
      put: (message) => this.#write(() => void this.#messages.set(message.id, structuredClone(message))),
      remove: (ids) =>
        this.#write(() => {
          for (const id of ids) this.#messages.delete(id);
        }),
      putBox: (entry) =>
        this.#write(() => void this.#boxes.set(JSON.stringify([entry.domain, entry.box]), structuredClone(entry))),
    };
    this.numbering = {
      load: async () => structuredClone(this.#numbering),
      save: (register) =>
        this.#write(() => {
          this.#numbering = structuredClone(register);
        }),
    };
  }

  /** What lies in mailboxes. */
  get messages(): readonly VoiceMessage[] {
    return [...this.#messages.values()];
  }

  /** Every write fails like this until `recover`. */
  fail(error = new StoreError('disk-full', 'the disk is full', 'make room on the disk')): void {
    this.#failure = error;
  }

  recover(): void {
    this.#failure = undefined;
  }

  health(): StoreHealth {
    const error = this.#failure;
    const counts = { pending: 0, commits: this.#commits, writes: this.#commits };
    return error === undefined ? { ok: true, ...counts } : { ok: false, error, ...counts };
  }

  readonly recordingKeys = {
    of: (domain: string): Buffer | undefined => this.#recordingKeys.get(domain),
    make: (domain: string): Promise<void> =>
      this.#write(() => void this.#recordingKeys.set(domain, this.keyFor(`recordings of ${domain}`))),
  };

  seal(text: string): string {
    return Buffer.from(`sealed:${text}`).toString('base64url');
  }

  unseal(sealed: string): string | undefined {
    const text = Buffer.from(sealed, 'base64url').toString();
    return text.startsWith('sealed:') ? text.slice('sealed:'.length) : undefined;
  }

  keyFor(purpose: string): Buffer {
    return createHash('sha256').update(`memory:${purpose}`).digest();
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  async #write(change: () => void): Promise<void> {
    await Promise.resolve();
    if (this.#closed) throw new StoreError('closed', 'the store is closed', 'start the switch again');
    if (this.#failure !== undefined) throw this.#failure;
    change();
    this.#commits++;
  }
}

function placeKey({ domain, login, address }: Pick<Place, 'domain' | 'login' | 'address'>): string {
  return JSON.stringify([domain, login, address]);
}

function rateKey({ domain, trunk = '' }: RateTableName): string {
  return JSON.stringify([domain, trunk]);
}

function page<T extends { readonly domain: string; readonly startedAt: number }>(
  all: readonly T[],
  { domain, before, limit = 100 }: RecordingFilter = {},
): T[] {
  return all
    .filter((item) => (domain ?? item.domain) === item.domain && item.startedAt < (before ?? Number.POSITIVE_INFINITY))
    .sort((a, b) => b.startedAt - a.startedAt)
    .slice(0, limit);
}
