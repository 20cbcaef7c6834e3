import { join } from 'node:path';
import { formatEndpoint } from '@vats/kernel';
import type { Model } from '@vats/pbx';
import { counted } from '../counted.ts';
import type { Switch } from '../create-switch.ts';
import { type DemoAccount, firstStartFile } from '../first-start.ts';

/** What of a switch the banner tells. */
export interface Bannered {
  readonly settings: Pick<Switch['settings'], 'data' | 'media'>;
  readonly listeners: readonly Pick<Switch['listeners'][number], 'transport' | 'endpoint'>[];
  readonly model: { readonly directory: { readonly model: Pick<Model, 'domains'> } };
}

/** What a person reads after `npm start`: where the switch listens and what to type into a softphone. */
export function banner(running: Bannered, made: readonly DemoAccount[] | undefined, version: string): string {
  const { settings, model } = running;
  const listeners = running.listeners.map((listener) => `${listener.transport}://${formatEndpoint(listener.endpoint)}`);
  const domains = model.directory.model.domains.map(
    (domain) => `${domain.name} (${counted(domain.users.length, 'user')})`,
  );
  const lines = [
    '',
    `  VATS ${version} is up`,
    '',
    `  SIP       ${listeners.join('  ')}`,
    `  RTP       ${settings.media.addresses.join(', ')} ports ${settings.media.ports.from}-${settings.media.ports.to}`,
    `  data      ${settings.data}`,
    `  domains   ${domains.length === 0 ? 'none yet: apply a PBX file' : domains.join(', ')}`,
    '',
  ];
  const [first] = running.listeners;
  if (made !== undefined && first !== undefined) {
    const { address: host, port } = first.endpoint;
    const there = running.listeners.filter(({ endpoint }) => endpoint.address === host && endpoint.port === port);
    const transports = there.map(({ transport }) => transport.toUpperCase()).join(' or ');
    lines.push(
      '  Two accounts were made for you. Type into a softphone:',
      '',
      `    SIP server / domain   ${host.includes(':') ? `[${host}]` : host}${port === 5060 ? '' : `:${port}`}   (${transports})`,
      ...made.map(({ login, password }) => `    user name ${login}         password ${password}`),
      '',
      `  Then dial 202 from 201, or *43 for the echo test. Calls here are recorded under ${join(settings.data, 'recordings')}.`,
      `  The passwords are shown this once and kept in ${firstStartFile(settings.data)}; "vats user password" makes new ones.`,
      '',
    );
  }
  return `${lines.join('\n')}\n`;
}
