import type { ReachablePhone } from '@vats/calls';
import type { Directory, Domain } from '@vats/pbx';
import type { Registrar } from '@vats/registrar';
import type { AccessControl } from './access/access-control.ts';

/**
 * The phones of an account that can be rung now: those that it registered, and that may still come from where they are. Flows of
 * one phone are tried one after another, never at once (RFC 5626 §7): the first is its phone's, with the others behind it.
 */
export function reachablePhones(
  { registrar, access, directory }: { registrar: Registrar; access: AccessControl; directory: Directory },
  domain: Domain,
  login: string,
): readonly ReachablePhone[] {
  const phones: ReachablePhone[] = [];
  const flowsOf = new Map<string, ReachablePhone[]>();
  for (const target of registrar.bindingsOf(domain.id, login)) {
    if (!('flow' in target)) continue;
    const { client, flow } = target.binding;
    if (!access.admitsBinding((client ?? flow.observed).address, directory, domain.id, login)) continue;
    const at = { flow: target.flow, ...(client !== undefined && { client: client.address }) };
    const phone = { ...at, requestUri: target.requestUri, routes: target.binding.path };
    const { instanceId } = target.binding;
    const first = instanceId === undefined ? undefined : flowsOf.get(instanceId);
    if (first !== undefined) {
      first.push(phone);
      continue;
    }
    const otherFlows: ReachablePhone[] = [];
    if (instanceId !== undefined) flowsOf.set(instanceId, otherFlows);
    phones.push({ ...phone, otherFlows });
  }
  return phones;
}
