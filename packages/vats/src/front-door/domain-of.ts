import type { Directory, Domain } from '@vats/pbx';
import type { SipRequest } from '@vats/sip';

/** The domain whose accounts a request speaks of: its To for REGISTER, else its From, else where it wants to go. */
export function domainOf(request: SipRequest, directory: Directory): Domain | undefined {
  const speaker = request.method === 'REGISTER' ? request.to : request.from;
  const host = speaker.ok && speaker.value.uri.kind === 'sip' ? speaker.value.uri.host : undefined;
  const byName = host === undefined ? undefined : directory.findDomain(host);
  if (byName !== undefined) return byName;
  const { requestUri } = request;
  const byTarget =
    requestUri.ok && requestUri.value.kind === 'sip' ? directory.findDomain(requestUri.value.host) : undefined;
  return byTarget ?? directory.model.domains[0];
}
