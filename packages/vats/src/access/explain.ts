import { describeVerdict, type Fence, type Judgement, type Place } from '@vats/access';
import type { AccessPolicy, Domain, PbxFile } from '@vats/pbx';

/** One policy's word on an address, for a person. */
export interface ExplainedStep {
  readonly scope: 'machine' | 'domain' | 'device';
  readonly policy: AccessPolicy;
  readonly admitted: boolean;
  readonly enforced: boolean;
  readonly text: string;
}

export interface GeoExplanation {
  readonly address: string;
  readonly country?: string;
  readonly admitted: boolean;
  readonly steps: readonly ExplainedStep[];
}

export function explained(judgement: Judgement): ExplainedStep[] {
  return judgement.steps.map(({ scope, policy, verdict, enforced }) => ({
    scope,
    policy: policy as AccessPolicy,
    admitted: verdict.admitted,
    enforced,
    text: describeVerdict(verdict, policy),
  }));
}

/** An account, and what a new policy would say to the places that it was used from lately. */
export interface PolicyTrial {
  readonly login: string;
  readonly name?: string;
  readonly places: readonly {
    readonly address: string;
    readonly country?: string;
    readonly lastSeen: number;
    readonly uses: number;
    readonly admitted: boolean;
    readonly text: string;
  }[];
}

/**
 * Tries the policies of a PBX file on where the accounts of its domain were used from in the last 30 days. Devices that
 * the file does not name keep what they have.
 *
 * @param fence with the machine's policy and the file's for the domain
 */
export function tryPolicies(domain: Domain, file: PbxFile, fence: Fence, places: Iterable<Place>): PolicyTrial[] {
  const devices = new Map<string, { name: string; access: AccessPolicy | undefined }>();
  for (const { name, devices: list } of [...domain.users, ...(file.users ?? [])]) {
    for (const { login, access } of list ?? [])
      devices.set(login, { name, access: access as AccessPolicy | undefined });
  }
  const byLogin = new Map<string, PolicyTrial['places'][number][]>();
  for (const place of places) {
    if (place.domain !== domain.id) continue;
    const device = devices.get(place.login);
    if (device === undefined) continue;
    const judgement = fence.judge(place.address, domain.id, device.access);
    const { address, country, lastSeen, uses } = place;
    // A policy that is only tried out refuses nobody yet; what it would do is what is asked here.
    const refusing = judgement.steps.find(({ verdict }) => !verdict.admitted);
    const decisive = refusing ?? judgement.steps.at(-1);
    const row = {
      address,
      ...(country !== undefined && { country }),
      lastSeen,
      uses,
      admitted: refusing === undefined,
      text: decisive === undefined ? '' : `${decisive.scope}: ${describeVerdict(decisive.verdict, decisive.policy)}`,
    };
    const rows = byLogin.get(place.login);
    if (rows === undefined) byLogin.set(place.login, [row]);
    else rows.push(row);
  }
  return [...byLogin]
    .map(([login, rows]) => ({
      login,
      name: devices.get(login)?.name ?? '',
      places: rows.sort((one, other) => other.lastSeen - one.lastSeen),
    }))
    .sort((one, other) => one.login.localeCompare(other.login));
}
