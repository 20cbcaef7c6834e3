import type { Domain } from '@vats/pbx';
import { sameHost } from '@vats/sip';

/** Whether a host is the domain's name or one of its aliases; where there is one domain, any host is taken for it (`findDomain`), and is no name of it. */
export function isNameOf(host: string, domain: Domain | undefined): boolean {
  return domain !== undefined && [domain.name, ...(domain.settings.aliases ?? [])].some((name) => sameHost(name, host));
}
