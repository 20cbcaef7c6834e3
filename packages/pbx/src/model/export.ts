import { UNSEEN } from '@vats/kernel';
import { Document, Scalar, visit } from 'yaml';
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
  const { outbound, conferences, ...settings } = writeSettings(domain.settings);
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
    ...(conferences === undefined ? {} : { conferences }),
    ...(outbound === undefined ? {} : { outbound }),
  };
  return `# The PBX of ${domain.name}, for vats apply.\n${yamlOf(file)}`;
}

const EACH_UNSEEN = new RegExp(`(?!\\n)${UNSEEN.source}`, 'gu');

/** YAML with characters that nobody sees written as escapes, so that the file can be shown and read; only double quotes have them. */
function yamlOf(file: object): string {
  const document = new Document(file, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === 'string' && UNSEEN.test(scalar.value)) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  const escaped = (character: string): string => `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`;
  return document.toString({ lineWidth: 0 }).replace(EACH_UNSEEN, escaped);
}

function sealed(trunk: JsonObject, { seal }: ExportOptions): JsonObject {
  const register = trunk.register as JsonObject | undefined;
  if (register === undefined) return trunk;
  return { ...trunk, register: { ...register, password: { sealed: seal(String(register.password)) } } };
}
