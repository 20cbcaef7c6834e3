import type { Directory, Domain } from '@vats/pbx';

/** The domain that a name means; the only one where none is given. */
export function domainNamed(directory: Directory, name: string | undefined): Domain | undefined {
  const { domains } = directory.model;
  if (name === undefined) return domains.length === 1 ? domains[0] : undefined;
  return domains.find((domain) => domain.name === name.toLowerCase());
}
