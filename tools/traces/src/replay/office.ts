import { formatEndpoint } from '@vats/kernel';
import { ha1Of } from '@vats/pbx';
import { stringify } from 'yaml';
import type { Story } from '../story.ts';

/** The domain that recorded servers and replays serve. */
export const DOMAIN = 'office.example';

/** A PBX file with the people of a story: whoever has a login there has an account here. */
export function officeOf(story: Story): string {
  const users = Object.entries(story.parties).flatMap(([name, { login, password, extension }]) => {
    if (login === undefined || password === undefined || extension === undefined) return [];
    // Digests, as an export has them: the recorded logins are what they are, and some are too short for a new account.
    const ha1 = { realm: DOMAIN, ...ha1Of(login, DOMAIN, DOMAIN, password) };
    return [{ extension, name: capitalised(name), devices: [{ login, ha1 }], ...story.users?.[name] }];
  });
  return stringify({ domain: DOMAIN, users });
}

/** Settings of a switch that stands where the recorded server stood, which banned nobody for wrong passwords. */
export function settingsOf(story: Story): string {
  const listen = story.server.at.flatMap((at) => ['udp', 'tcp'].map((name) => `${name}://${formatEndpoint(at)}`));
  return stringify({ sip: { listen }, access: { ban: { failures: 1_000 } } });
}

function capitalised(name: string): string {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}
