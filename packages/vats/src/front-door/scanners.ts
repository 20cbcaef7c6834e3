import type { SipRequest } from '@vats/sip';

/**
 * How tools that look for open PBXs call themselves when nobody told them otherwise. Those that administrators use too (SIPp,
 * sipsak, nmap) are not here.
 */
const SCANNERS: readonly string[] = [
  'friendly-scanner',
  'friendly-request',
  'sipvicious',
  'sundayddr',
  'sip-scan',
  'sipcli',
  'siparmyknife',
  'smap',
  'iwar',
  'sipptk',
  'pplsip',
  'sip call flood',
];

/** True for a request that such a tool wrote into its User-Agent (or, as a phone would, into Server). */
export function isScanner(request: SipRequest): boolean {
  const agent = request.value('User-Agent');
  if (agent === undefined) return false;
  const name = agent.trimStart().toLowerCase();
  return SCANNERS.some((scanner) => name.startsWith(scanner));
}
