import { formatEndpoint } from '@vats/kernel';
import type { Switch } from '../create-switch.ts';
import { type DemoAccount, firstStartFile } from '../first-start.ts';

/** What a person reads after `npm start`: where the switch listens and what to type into a softphone. */
export function banner(running: Switch, made: readonly DemoAccount[] | undefined, version: string): string {
  const { settings, model } = running;
  const listeners = running.listeners.map((listener) => `${listener.transport}://${formatEndpoint(listener.endpoint)}`);
  const domains = model.directory.model.domains.map((domain) => `${domain.name} (${domain.users.length} users)`);
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
    const { host, port } = { host: first.endpoint.address, port: first.endpoint.port };
    lines.push(
      '  Two accounts were made for you. Type into a softphone:',
      '',
      `    SIP server / domain   ${host.includes(':') ? `[${host}]` : host}${port === 5060 ? '' : `:${port}`}   (UDP or TCP)`,
      ...made.map(({ login, password }) => `    user name ${login}         password ${password}`),
      '',
      '  Then dial 202 from 201, or *43 for the echo test. Calls here are recorded under data/recordings.',
      `  The passwords are shown this once and kept in ${firstStartFile(settings.data)}; "vats user password" makes new ones.`,
      '',
    );
  }
  return `${lines.join('\n')}\n`;
}
