import { isPrivateAddress, type Network, networkOf } from '@vats/kernel';
import { DOMAIN_DEFAULTS, type Frozen } from '../model/model.ts';
import type { KeyPath } from '../problems/problem.ts';
import type { AccessPolicy } from '../schema/access.ts';
import { below, type JudgedView, type Report } from './domain-view.ts';
import { NetworkCover } from './network-cover.ts';
import { remarksOnPolicy } from './policy-sense.ts';

type Policy = Frozen<AccessPolicy>;

/**
 * Finds devices that are to be let in from where their domain is not. The domain's policy is judged before anybody has
 * said who they are, and the device's after that, so a device can only narrow.
 */
export function checkAccess(view: JudgedView, report: Report): void {
  const domain: Policy = view.settings.access ?? DOMAIN_DEFAULTS.access;
  remark(domain, view.settingsNamed.has('access') ? ['access'] : undefined, report);
  for (const { object: user, path } of view.fresh.users) {
    for (const [index, { access }] of user.devices.entries()) {
      if (access !== undefined) remark(access, below(path, 'devices', index, 'access'), report);
    }
  }
  // While it is tried out it shuts nobody out.
  if (domain.enforce === false) return;
  const covers = { allow: new NetworkCover(domain.allow ?? []), deny: new NetworkCover(domain.deny ?? []) };
  for (const { object: user, path } of view.fresh.users) {
    for (const [index, { login, access }] of user.devices.entries()) {
      if (access === undefined) continue;
      const place = below(path, 'devices', index, 'access');
      const outside = wholeListOutside(access, domain, covers);
      if (outside !== undefined) {
        report(
          'warning',
          place,
          `${login} can be used from nowhere: the domain's access is judged first, and lets nobody in from ${namesOf(outside)}`,
          `${ADD_NETWORKS}, or take them out of its deny`,
        );
        continue;
      }
      for (const { what, remedy } of withoutEffect(access, domain, covers)) {
        report('warning', place, `${what} has no effect for ${login}: the domain's access is judged first`, remedy);
      }
    }
  }
}

function remark(policy: Policy, path: KeyPath | undefined, report: Report): void {
  // What an earlier file or version said is not this file's to mend.
  if (path === undefined) return;
  for (const { severity, key, index, message, remedy } of remarksOnPolicy(policy)) {
    report(severity, below(path, key, index), message, remedy);
  }
}

/** The domain's lists, made ready to be asked about each device's. */
interface Covers {
  readonly allow: NetworkCover;
  readonly deny: NetworkCover;
}

interface WithoutEffect {
  readonly what: string;
  readonly remedy: string;
}

const NAMED = 10;
const ADD_NETWORKS = "add the networks to the domain's allow";

/**
 * What of a device's policy lets in somebody whom the domain's has shut out. Only what is certain without a table of
 * countries: a list may well hold nothing but addresses of the domain's countries.
 */
function withoutEffect(device: Policy, domain: Policy, covers: Covers): WithoutEffect[] {
  const found: WithoutEffect[] = [];
  const networks = (device.allow ?? []).map(networkOf);
  const denied = new Set(networks.filter((network) => covers.deny.holds(network)));
  if (denied.size > 0) found.push({ what: namesOf([...denied]), remedy: "take the networks out of the domain's deny" });
  if (domain.mode === 'any') return found;

  // Who writes any beside a deny means the deny.
  if (device.mode === 'any' && device.deny === undefined) found.push({ what: 'any', remedy: ADD_NETWORKS });
  const ofDevice = countriesOf(device);
  if (ofDevice !== undefined) {
    const ofDomain = countriesOf(domain);
    const more = ofDomain === undefined ? ofDevice : ofDevice.filter((country) => !ofDomain.includes(country));
    if (more.length > 0) {
      const remedy = `${ADD_NETWORKS}${ofDomain === undefined ? '' : ", or the countries to the domain's access"}`;
      found.push({ what: more.join(', '), remedy });
    }
  }
  if (device.mode !== 'any' && (domain.mode === 'list' || device.mode !== 'list')) {
    const more = networks.filter(
      (network) => !denied.has(network) && !covers.allow.holds(network) && !mayComePrivately(network, domain),
    );
    if (more.length > 0) found.push({ what: namesOf(more), remedy: ADD_NETWORKS });
  }
  return found;
}

/** A device's list from which the domain is certain to let nobody in, if it is one. What countries say is not known here. */
function wholeListOutside(device: Policy, domain: Policy, covers: Covers): Network[] | undefined {
  if (device.mode !== 'list' || device.enforce === false) return undefined;
  const networks = (device.allow ?? []).map(networkOf);
  const isShutOut = (network: Network): boolean =>
    covers.deny.holds(network) || (domain.mode === 'list' && !covers.allow.touches(network));
  return networks.every(isShutOut) ? networks : undefined;
}

function countriesOf({ mode, countries }: Policy): readonly string[] | undefined {
  if (mode === 'russia') return ['RU'];
  return mode === 'countries' ? (countries ?? []) : undefined;
}

function mayComePrivately({ first, last }: Network, domain: Policy): boolean {
  return domain.mode !== 'list' && isPrivateAddress(first) && isPrivateAddress(last);
}

/** As many as a person reads. */
function namesOf(networks: readonly Network[]): string {
  const named = networks.slice(0, NAMED).map(({ text }) => text);
  const left = networks.length - named.length;
  return `${named.join(', ')}${left === 0 ? '' : ` and ${left} more`}`;
}
