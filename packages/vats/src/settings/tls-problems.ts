import type { Places, Problem } from '@vats/pbx';
import { isSecure } from '@vats/sip';
import { readTlsFiles } from '../tls/tls-files.ts';
import type { Settings } from './settings.ts';

/** That the files which settings name are looked at too. */
export interface FilesJudged {
  /** What one is that can't be used. */
  readonly severity: Problem['severity'];
  /** Wall time, milliseconds since the epoch: certificates hold for a time. */
  readonly now: number;
}

type PlacesFor = (key: string) => Places;

/** What of TLS and WebSockets can't hold together, without a look at any file. */
export function tlsProblems({ sip: { listen, tls, webSocket } }: Settings, placesFor: PlacesFor): Problem[] {
  const problems: Problem[] = [];
  const secure = listen.findIndex(({ transport }) => isSecure(transport));
  if (tls === undefined && secure >= 0) {
    const message = `${listen[secure]?.transport} needs a certificate`;
    const remedy = 'write sip.tls: { certificate: FILE, key: FILE }';
    problems.push(placesFor('sip.listen').problem(['sip', 'listen', secure], message, remedy));
  }
  for (const key of ['certificate', 'key'] as const) {
    if (tls === undefined || tls[key] !== '') continue;
    problems.push(placesFor(`sip.tls.${key}`).problem(['sip', 'tls'], `the ${key} is missing`, `write ${key}: FILE`));
  }
  if (tls?.clients?.authorities === '') {
    const path = ['sip', 'tls', 'clients'];
    const remedy = 'write authorities: FILE';
    problems.push(placesFor('sip.tls.clients.authorities').problem(path, 'the authorities are missing', remedy));
  }
  if (webSocket.origins === 'any' && listen.some(({ transport }) => transport === 'ws' || transport === 'wss')) {
    const remedy = 'name the sites of your own phones alone';
    const message = 'a page of any web site may open a WebSocket to this switch';
    problems.push(
      placesFor('sip.webSocket.origins').problem(['sip', 'webSocket', 'origins'], message, remedy, {
        severity: 'warning',
      }),
    );
  }
  return problems;
}

/** What is wrong with the files that `sip.tls` names. */
export function tlsFileProblems(
  { sip: { tls } }: Settings,
  { severity, now }: FilesJudged,
  placesFor: PlacesFor,
): Problem[] {
  // What is not named is told already.
  if (tls === undefined || tls.certificate === '' || tls.key === '' || tls.clients?.authorities === '') return [];
  return readTlsFiles(tls, now).faults.map((fault) => {
    const places = placesFor(['sip', 'tls', ...fault.key.filter((part) => typeof part === 'string')].join('.'));
    const path = ['sip', 'tls', ...fault.key];
    return places.problem(path, fault.message, fault.remedy, {
      severity: fault.severity === 'error' ? severity : 'warning',
    });
  });
}
