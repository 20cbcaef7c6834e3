import { stringify } from 'yaml';
import { GROUPS, type JsonObject, type Kind, NUMBERS, SCHEMES, TRUNKS, USERS } from './kinds.ts';
import type { Domain, Managed } from './model.ts';
import { writeSettings } from './settings.ts';

export interface ExportOptions {
  /** Closes a trunk's password, which must not leave the switch in clear: only the same data directory opens it again. */
  readonly seal: (secret: string) => string;
}

/**
 * A domain as a file that `planApply` accepts, and from which it makes the same domain again. Device passwords leave as
 * digests, good in the domain's realm only; trunk passwords leave sealed.
 */
export function exportPbx(domain: Domain, options: ExportOptions): string {
  const write = <T extends Managed>(kind: Kind<T>, objects: readonly T[]): { [list: string]: JsonObject[] } =>
    objects.length === 0 ? {} : { [kind.list]: objects.map((object) => kind.write(object, domain.realm)) };
  const { outbound, ...settings } = writeSettings(domain.settings);
  const trunks = domain.trunks.map((trunk) => sealed(TRUNKS.write(trunk, domain.realm), options));
  const file = {
    domain: domain.name,
    ...(domain.realm === domain.name ? {} : { realm: domain.realm }),
    ...settings,
    ...write(USERS, domain.users),
    ...write(GROUPS, domain.groups),
    ...(trunks.length === 0 ? {} : { trunks }),
    ...write(NUMBERS, domain.numbers),
    ...write(SCHEMES, domain.schemes),
    ...(outbound === undefined ? {} : { outbound }),
  };
  const yaml = stringify(file, { lineWidth: 0, aliasDuplicateObjects: false });
  return `# The PBX of ${domain.name}, for vats apply.\n${yaml}`;
}

function sealed(trunk: JsonObject, { seal }: ExportOptions): JsonObject {
  const register = trunk.register as JsonObject | undefined;
  if (register === undefined) return trunk;
  return { ...trunk, register: { ...register, password: { sealed: seal(String(register.password)) } } };
}
