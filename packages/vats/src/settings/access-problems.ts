import { networkOf } from '@vats/kernel';
import { formatDuration, isEverybody, type Places, type Problem, remarksOnPolicy } from '@vats/pbx';
import type { Settings } from './settings.ts';
import type { SettingsFile } from './settings-file.ts';

/**
 * Settings of `access` that are good one by one and can't hold together, or can hardly be meant.
 *
 * @param said what a file, the environment and flags said, with no defaults
 */
export function accessProblems(
  said: NonNullable<SettingsFile['access']>,
  { access }: Settings,
  placesFor: (key: string) => Places,
): Problem[] {
  const problems: Problem[] = [];
  for (const { severity, key, index, message, remedy } of remarksOnPolicy(access.policy)) {
    const path = ['access', 'policy', key, index];
    problems.push(placesFor('access.policy').problem(path, message, remedy, { severity }));
  }
  for (const [index, text] of access.trusted.entries()) {
    const network = networkOf(text);
    if (!isEverybody(network)) continue;
    const message = `${text} is trusted, so nobody with an IPv${network.family} address can be banned or limited`;
    const remedy = 'name the networks of your own monitoring and trunks alone';
    problems.push(
      placesFor('access.trusted').problem(['access', 'trusted', index], message, remedy, { severity: 'warning' }),
    );
  }
  const { longest } = said.ban ?? {};
  // Where it is not said, it is at least as long as the first one.
  const first = access.ban.for;
  if (longest !== undefined && longest < first) {
    const message = `the longest ban is shorter than the first one, which is ${formatDuration(first)}`;
    const remedy = 'write a longer one here, or a shorter one in for';
    problems.push(placesFor('access.ban.longest').problem(['access', 'ban', 'longest'], message, remedy));
  }
  if (access.rate.total < access.rate.perSource) {
    const key = said.rate?.total === undefined ? 'perSource' : 'total';
    const message = `one source may send more (perSource) than all together (total, which is ${access.rate.total}/s)`;
    const path = ['access', 'rate', key];
    problems.push(placesFor(`access.rate.${key}`).problem(path, message, 'write a higher total, or a lower perSource'));
  }
  return problems;
}
