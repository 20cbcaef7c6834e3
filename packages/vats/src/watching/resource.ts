/** What can be watched in a domain. */
export interface Resource {
  /** `Domain.id`. */
  readonly domain: string;
  /** An employee by extension, one of their accounts by login, a trunk by name, a group by extension. */
  readonly kind: 'employee' | 'account' | 'trunk' | 'group';
  readonly name: string;
}

/** A resource as one text, by which it is looked up. */
export function resourceKey({ domain, kind, name }: Resource): string {
  return `${domain}\n${kind}\n${name}`;
}

export function readResource(key: string): Resource {
  const [domain = '', kind = '', ...name] = key.split('\n');
  return { domain, kind: kind as Resource['kind'], name: name.join('\n') };
}
