import { inTurns, type Steps } from '@vats/kernel';
import {
  type Domain,
  type DomainDocument,
  documentOf,
  domainOfDocuments,
  type JsonObject,
  type ManagedBy,
  type Model,
  type ObjectDocument,
  objectListsOf,
} from '@vats/pbx';
import type { GroupCommit } from './group-commit.ts';
import { type KeptList, listDifferences, NOTHING_KEPT } from './kept-list.ts';
import type { SecretBox } from './secret-box.ts';
import type { AppliedFile, ModelStore } from './store.ts';
import { StoreError } from './store-error.ts';
import type { Rows, Write } from './worker/messages.ts';
import type { Tables } from './worker/tables.ts';

type Everything = Rows['everything'];

/** Calls go on meanwhile: some milliseconds. */
const WRITTEN_A_STEP = 100;

/** What is on disk, told so that the next model can be compared with it. */
interface KeptDomain {
  readonly domain: Domain;
  readonly position: number;
  /** By their names. */
  readonly lists: ReadonlyMap<string, KeptList>;
}

/** The model, a row an object: a save writes those that changed and no others. */
export class SqliteModels implements ModelStore {
  readonly #writer: GroupCommit;
  readonly #box: SecretBox;
  #model: Model;
  #kept: ReadonlyMap<string, KeptDomain>;
  #applied: ReadonlyMap<string, AppliedFile>;
  #saving: Promise<void> = Promise.resolve();

  /** @throws StoreError when the rows make no model, or their secrets are another key's */
  constructor(writer: GroupCommit, box: SecretBox, rows: Everything) {
    this.#writer = writer;
    this.#box = box;
    const { model, kept } = modelOf(rows, box);
    this.#model = model;
    this.#kept = kept;
    this.#applied = new Map(
      rows.applied.map(({ name, hash, applied_at }) => [name, { name, hash, appliedAt: applied_at }]),
    );
  }

  get model(): Model {
    return this.#model;
  }

  get applied(): ReadonlyMap<string, AppliedFile> {
    return this.#applied;
  }

  save(next: Model, applied?: AppliedFile): Promise<void> {
    const saved = this.#saving.then(() => this.#save(next, applied));
    this.#saving = saved.catch(() => {});
    return saved;
  }

  async #save(next: Model, applied: AppliedFile | undefined): Promise<void> {
    const { writes, kept } = await inTurns(this.#differences(next));
    if (applied !== undefined) {
      const { name, hash, appliedAt } = applied;
      writes.push({ do: 'put-applied', row: { name, hash, applied_at: appliedAt } });
    }
    if (writes.length > 0) {
      const written = this.#writer.write(writes);
      // An operator waits for it, and it is company enough by itself.
      void this.#writer.flush();
      await written;
    }
    this.#model = next;
    this.#kept = kept;
    if (applied !== undefined) this.#applied = new Map(this.#applied).set(applied.name, applied);
  }

  *#differences(next: Model): Steps<{ writes: Write[]; kept: Map<string, KeptDomain> }> {
    const writes: Write[] = [];
    const kept = new Map<string, KeptDomain>();
    for (const [position, domain] of next.domains.entries()) {
      const before = this.#kept.get(domain.id);
      if (before?.domain === domain && before.position === position) {
        kept.set(domain.id, before);
        continue;
      }
      writes.push({ do: 'put-domain', row: rowOfDomain(documentOf(domain), position) });
      const lists = yield* this.#differencesOfLists(domain, before?.lists ?? new Map(), writes);
      kept.set(domain.id, { domain, position, lists });
    }
    for (const id of this.#kept.keys()) if (!kept.has(id)) writes.push({ do: 'remove-domain', id });
    return { writes, kept };
  }

  *#differencesOfLists(
    domain: Domain,
    before: ReadonlyMap<string, KeptList>,
    writes: Write[],
  ): Steps<Map<string, KeptList>> {
    const lists = new Map<string, KeptList>();
    let done = 0;
    for (const { list, objects, keyOf, write } of objectListsOf(domain)) {
      const { kept, written, removed } = listDifferences(before.get(list) ?? NOTHING_KEPT, objects, keyOf);
      lists.set(list, kept);
      for (const index of written) {
        writes.push({
          do: 'put-object',
          row: this.#rowOfObject(domain.id, write(objects[index]!), kept.positions[index]!),
        });
        if (++done % WRITTEN_A_STEP === 0) yield;
      }
      for (const object of removed) writes.push({ do: 'remove-object', domain: domain.id, list, key: keyOf(object) });
      yield;
    }
    return lists;
  }

  #rowOfObject(domain: string, object: ObjectDocument, position: number): Tables['objects'] {
    const { list, key, managedBy, document, secret } = object;
    return {
      domain,
      list,
      key,
      position,
      managed_by: managedBy,
      document: JSON.stringify(document),
      secret: secret === undefined ? null : this.#box.seal(secret, contextOf(domain, list, key)),
    };
  }
}

/** Where an object's secret belongs: its row and no other. */
function contextOf(domain: string, list: string, key: string): string {
  return JSON.stringify(['object', domain, list, key]);
}

function rowOfDomain(document: DomainDocument, position: number): Tables['domains'] {
  const { id, name, realm, managedBy, settings, settingsBy } = document;
  return {
    id,
    position,
    name,
    realm,
    managed_by: managedBy,
    settings: JSON.stringify(settings),
    settings_by: JSON.stringify(settingsBy),
  };
}

function modelOf(rows: Everything, box: SecretBox): { model: Model; kept: Map<string, KeptDomain> } {
  const objects = Map.groupBy(rows.objects, ({ domain }) => domain);
  const kept = new Map<string, KeptDomain>();
  for (const row of rows.domains) {
    const own = objects.get(row.id) ?? [];
    const domain = whole(`domain ${row.name}`, () =>
      domainOfDocuments(
        documentOfRow(row),
        own.map((object) => objectOfRow(object, box)),
      ),
    );
    const lists = objectListsOf(domain).map(({ list, objects }): [string, KeptList] => {
      const positions = own.filter((object) => object.list === list).map(({ position }) => position);
      return [list, { objects, positions }];
    });
    kept.set(row.id, { domain, position: row.position, lists: new Map(lists) });
  }
  return { model: { domains: [...kept.values()].map(({ domain }) => domain) }, kept };
}

function documentOfRow(row: Tables['domains']): DomainDocument {
  return {
    id: row.id,
    name: row.name,
    realm: row.realm,
    managedBy: row.managed_by as ManagedBy,
    settings: JSON.parse(row.settings) as JsonObject,
    settingsBy: JSON.parse(row.settings_by) as DomainDocument['settingsBy'],
  };
}

function objectOfRow(row: Tables['objects'], box: SecretBox): ObjectDocument {
  const about = {
    list: row.list as ObjectDocument['list'],
    key: row.key,
    managedBy: row.managed_by as ManagedBy,
    document: JSON.parse(row.document) as JsonObject,
  };
  if (row.secret === null) return about;
  const secret = box.open(row.secret, contextOf(row.domain, row.list, row.key));
  if (secret !== undefined) return { ...about, secret };
  throw new StoreError(
    'key-wrong',
    `the secrets of ${row.list} ${row.key} in ${row.domain} do not open with this data directory's key`,
    'restore the key file or the database from one and the same backup',
  );
}

/** What `make` reads from stored documents; one that nobody can read is damage. */
function whole<T>(what: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreError(
      'corrupt',
      `${what} can not be read from the store: ${why}`,
      'restore the database from a backup',
    );
  }
}
