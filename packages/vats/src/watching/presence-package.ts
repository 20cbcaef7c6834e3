import type { Directory, User } from '@vats/pbx';
import { type EventPackage, PIDF_TYPE, type PresenceActivity, type PresenceState, writePidf } from '@vats/sip';
import type { Lamps } from './lamps.ts';
import type { PbxWatcher } from './pbx-watcher.ts';
import type { Publications } from './publications.ts';
import { readResource } from './resource.ts';

export interface PresenceSources {
  readonly directory: () => Directory;
  /** @param domain `Domain.id` */
  readonly isReachable: (domain: string, login: string) => boolean;
  /** @param domain `Domain.id` */
  readonly isUndisturbed: (domain: string, user: User) => boolean;
  readonly lamps: Lamps;
  readonly publications: Publications;
}

/** What watchers read of who does not want to be disturbed. */
const UNDISTURBED = 'Do not disturb';

/**
 * Whether an employee can be reached (RFC 3856, RFC 3863): open while one of their phones is registered and answers, unless all that
 * they publish says closed; on the phone while a call of theirs is up; closed and busy while
 * they do not want to be disturbed; and what else their phones publish.
 */
export function presencePackage(sources: PresenceSources): EventPackage<PbxWatcher> {
  return {
    name: 'presence',
    types: [PIDF_TYPE],
    expiry: { shortest: 60, usual: 3_600, longest: 3_600 },
    state: (key) => {
      const state = presenceOf(sources, key);
      return state && { write: (_type, { entity }) => writePidf(entity, state) };
    },
  };
}

function presenceOf(
  { directory, isReachable, isUndisturbed, lamps, publications }: PresenceSources,
  key: string,
): PresenceState | undefined {
  const { domain: id, name } = readResource(key);
  const domain = directory().domainById(id);
  const user = domain && directory().findUser(domain, name);
  if (domain === undefined || user?.extension !== name) return undefined;
  const published = publications.of(key);
  const activities = new Set<PresenceActivity>(published.flatMap((each) => each.activities));
  const isTalking = lamps.of(key).some(({ state }) => state === 'confirmed');
  if (isTalking) activities.add('on-the-phone');
  else activities.delete('on-the-phone');
  const undisturbed = isUndisturbed(domain.id, user);
  if (undisturbed) activities.add('busy');
  const note = undisturbed ? UNDISTURBED : published.find((each) => each.note !== undefined)?.note;
  return {
    open:
      !undisturbed &&
      user.devices.some(({ login }) => isReachable(domain.id, login)) &&
      (published.length === 0 || published.some(({ open }) => open)),
    activities: [...activities],
    ...(note !== undefined && { note }),
  };
}
