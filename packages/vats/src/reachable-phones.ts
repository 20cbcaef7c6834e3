import type { ReachablePhone } from '@vats/calls';
import type { Directory, Domain } from '@vats/pbx';
import type { Registrar } from '@vats/registrar';
import type { AccessControl } from './access/access-control.ts';

/** The phones of an account that can be rung now: those that it registered, and that may still come from where they are. */
export function reachablePhones(
  { registrar, access, directory }: { registrar: Registrar; access: AccessControl; directory: Directory },
  domain: Domain,
  login: string,
): readonly ReachablePhone[] {
  const phones: ReachablePhone[] = [];
  for (const target of registrar.bindingsOf(domain.id, login)) {
    if (!('flow' in target)) continue;
    const { client, flow } = target.binding;
    if (!access.admitsBinding((client ?? flow.observed).address, directory, domain.id, login)) continue;
    const at = { flow: target.flow, ...(client !== undefined && { client: client.address }) };
    phones.push({ ...at, requestUri: target.requestUri, routes: target.binding.path });
  }
  return phones;
}
