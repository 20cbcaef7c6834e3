import { below, type DomainView, type Report } from './domain-view.ts';

/**
 * Whoever asks for encrypted sound is told, once, what it is worth: its keys stand in the signalling (RFC 4568 §9), which is in clear
 * unless TLS is spoken: whether it is, a file can not tell.
 */
export function checkSrtp(view: DomainView, report: Report): void {
  const at = firstOf(view);
  if (at === undefined) return;
  report(
    'warning',
    at,
    'the keys of SRTP stand in the signalling: without TLS, who reads it can hear the calls',
    'let these phones and trunks speak TLS (docs/tls.md), or keep the signalling on networks that you trust',
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
