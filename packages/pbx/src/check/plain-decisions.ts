import { isIP } from 'node:net';
import { isInternal } from '../internal-addresses.ts';
import { below, type JudgedView, type Report } from './domain-view.ts';
import { forEachStep } from './references.ts';

/** Services on the Internet that are asked what is done with a caller, and told who it is, by whoever is on the way. */
export function checkPlainDecisions(view: JudgedView, report: Report): void {
  for (const { object: scheme, path } of view.fresh.schemes) {
    forEachStep(scheme, path, (step, at) => {
      const url = step.decide === undefined ? null : URL.parse(step.decide.url);
      if (url === null || url.protocol !== 'http:' || isNear(url.hostname)) return;
      report(
        'warning',
        below(at, 'decide', 'url'),
        `${url.hostname} is asked without TLS: anybody on the way may answer in its place, and learns callers' numbers`,
        'write https://, unless it is within your own network',
      );
    });
  }
}

/** Names that no public DNS has (RFC 6761, RFC 6762, RFC 8375), or that are in use within offices. */
const NEAR_NAMES = /^[^.]+$|\.(?:localhost|local|internal|lan|home\.arpa)$/;

/** Whether a host is of this machine or of the own network, as far as its URL tells. */
function isNear(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? NEAR_NAMES.test(host.replace(/\.$/, '')) : isInternal(host);
}
