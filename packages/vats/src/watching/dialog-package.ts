import type { Directory, User } from '@vats/pbx';
import {
  DIALOG_INFO_TYPE,
  type DialogView,
  type EventPackage,
  type ResourceState,
  writeDialogInfo,
  writeDialogs,
} from '@vats/sip';
import type { Lamp, Lamps } from './lamps.ts';
import { type PbxWatcher, seesParties, uriFor } from './pbx-watcher.ts';
import { type Resource, readResource } from './resource.ts';

/** Ways of writing one state that are kept: hosts by which watchers know the company, with and without parties. */
const WRITINGS_KEPT = 16;

/** RFC 4235 has no word for it, and keys show nothing but dialogs: one with nobody. */
const UNDISTURBED: Lamp = { id: 'do-not-disturb', direction: 'recipient', state: 'confirmed', remote: undefined };

/** Busy lamps (RFC 4235): the dialogs of an employee or a trunk, and one more while an employee does not want to be disturbed. */
export function dialogPackage(
  lamps: Lamps,
  directory: () => Directory,
  isUndisturbed: (domain: string, user: User) => boolean,
): EventPackage<PbxWatcher> {
  return {
    name: 'dialog',
    types: [DIALOG_INFO_TYPE],
    expiry: { shortest: 60, usual: 3_600, longest: 3_600 },
    state: (key) => {
      const resource = readResource(key);
      if (!isThere(directory(), resource)) return undefined;
      const user = employeeOf(directory(), resource);
      const more = user !== undefined && isUndisturbed(resource.domain, user) ? [UNDISTURBED] : [];
      return new LampState([...lamps.of(key), ...more], resource, directory);
    },
  };
}

class LampState implements ResourceState<PbxWatcher> {
  readonly #lamps: readonly Lamp[];
  readonly #resource: Resource;
  readonly #directory: () => Directory;
  readonly #written = new Map<string, string>();

  constructor(lamps: readonly Lamp[], resource: Resource, directory: () => Directory) {
    this.#lamps = lamps;
    this.#resource = resource;
    this.#directory = directory;
  }

  write(_type: string, watcher: PbxWatcher, version: number): Buffer {
    const parties = seesParties(this.#directory(), watcher, this.#resource);
    const key = `${watcher.host}\n${watcher.port ?? ''}\n${watcher.entity}\n${parties}`;
    let dialogs = this.#written.get(key);
    if (dialogs === undefined) {
      dialogs = writeDialogs(this.#lamps.map((lamp) => viewOf(lamp, watcher, parties)));
      if (this.#written.size < WRITINGS_KEPT) this.#written.set(key, dialogs);
    }
    return writeDialogInfo(watcher.entity, version, dialogs);
  }
}

function viewOf({ id, direction, state, remote }: Lamp, watcher: PbxWatcher, parties: boolean): DialogView {
  const view = { id, direction, state, local: { uri: watcher.entity } };
  if (!parties || remote === undefined) return view;
  return { ...view, remote: { uri: uriFor(watcher, remote.number), name: remote.name } };
}

function isThere(directory: Directory, { domain: id, kind, name }: Resource): boolean {
  const domain = directory.domainById(id);
  if (domain === undefined) return false;
  if (kind === 'trunk') return directory.findTrunk(domain, name) !== undefined;
  return directory.findUser(domain, name)?.extension === name;
}

function employeeOf(directory: Directory, { domain: id, kind, name }: Resource): User | undefined {
  const domain = kind === 'employee' ? directory.domainById(id) : undefined;
  return domain && directory.findUser(domain, name);
}
