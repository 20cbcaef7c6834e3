import { below, type DomainView, type Report } from './domain-view.ts';

/**
 * Whoever asks for encrypted sound is told, once, what it is worth: its keys stand in the signalling (RFC 4568 §9), which is in clear for as
 * long as TLS is not served.
 */
export function checkSrtp(view: DomainView, report: Report): void {
  const at = firstOf(view);
  if (at === undefined) return;
  report(
    'warning',
    at,
    'the keys of SRTP go in clear, as TLS is not served yet: who reads the signalling can hear the calls',
    'until then keep the signalling on networks that you trust',
    'key',
  );
}

function firstOf(view: DomainView) {
  for (const { object: user, path } of view.users) {
    if (path === undefined) continue;
    const index = user.devices.findIndex(({ srtp }) => srtp !== undefined && srtp !== 'never');
    if (index >= 0) return below(path, 'devices', index, 'srtp');
  }
  for (const { object: trunk, path } of view.trunks) {
    if (path !== undefined && trunk.srtp !== undefined && trunk.srtp !== 'never') return below(path, 'srtp');
  }
  return undefined;
}
