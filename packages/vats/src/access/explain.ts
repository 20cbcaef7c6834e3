import { describeVerdict, type Fence, type Judgement, type Place, type Scope } from '@vats/access';
import type { Steps } from '@vats/kernel';
import type { AccessPolicy, Domain, PbxFile } from '@vats/pbx';

/** One policy's word on an address, for a person. */
export interface ExplainedStep {
  readonly scope: 'machine' | 'domain' | 'device';
  readonly policy: AccessPolicy;
  readonly admitted: boolean;
  readonly enforced: boolean;
  readonly text: string;
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

/** A place that an account was used from, and what a new policy would say to it. */
export interface TriedPlace {
  readonly address: string;
  readonly country?: string;
  readonly lastSeen: number;
  readonly uses: number;
  readonly admitted: boolean;
  readonly text: string;
}

export interface PolicyTrial {
  readonly login: string;
  readonly name?: string;
  /** Places that were tried, and how many of them would be shut out. */
  readonly tried: number;
  readonly shutOut: number;
  /** The last used first; of very many not all, and then before others those shut out. */
  readonly places: readonly TriedPlace[];
}

/** More is no list for a person, and would hold up the switch that writes it. */
const PLACES_TOLD = 10_000;
const PLACES_A_STEP = 2_000;
const ACCOUNTS_A_STEP = 20;

/**
 * Tries the policies of a PBX file on where the accounts of its domain were used from in the last 30 days. Devices that
 * the file does not name keep what they have.
 *
 * @param fence with the machine's policy and the file's for the domain
 * @param tried whose policy is asked about: what it would do counts even while it is only tried out, what the others do if they are in force
 */
export function* tryPolicies(
  domain: Domain,
  file: Pick<PbxFile, 'users'>,
  fence: Fence,
  places: Iterable<Place>,
  tried: 'machine' | 'domain',
): Steps<PolicyTrial[]> {
  const devices = new Map<string, { name: string; access: AccessPolicy | undefined }>();
  for (const { name, devices: list } of [...domain.users, ...(file.users ?? [])]) {
    for (const { login, access } of list ?? [])
      devices.set(login, { name, access: access as AccessPolicy | undefined });
  }
  const byLogin = new Map<string, TriedPlace[]>();
  let looked = 0;
  for (const place of places) {
    if (++looked % PLACES_A_STEP === 0) yield;
    const device = devices.get(place.login);
    if (place.domain !== domain.id || device === undefined) continue;
    const rows = byLogin.get(place.login);
    const row = triedPlace(place, fence.judge(place.address, domain.id, device.access), tried);
    if (rows === undefined) byLogin.set(place.login, [row]);
    else rows.push(row);
  }
  yield;
  return yield* trials(byLogin, (login) => devices.get(login)?.name ?? '');
}

/** The places of each domain, so that not each looks at all of them. */
export function* placesByDomain(places: Iterable<Place>): Steps<ReadonlyMap<string, readonly Place[]>> {
  const found = new Map<string, Place[]>();
  let looked = 0;
  for (const place of places) {
    if (++looked % PLACES_A_STEP === 0) yield;
    const known = found.get(place.domain);
    if (known === undefined) found.set(place.domain, [place]);
    else known.push(place);
  }
  return found;
}

function triedPlace(
  { address, country, lastSeen, uses }: Place,
  { steps }: Judgement,
  tried: 'machine' | 'domain',
): TriedPlace {
  const isAsked = (scope: Scope): boolean => (tried === 'machine' ? scope === 'machine' : scope !== 'machine');
  const refusing = steps.find(({ scope, verdict, enforced }) => !verdict.admitted && (enforced || isAsked(scope)));
  const decisive = refusing ?? steps.at(-1);
  // The one that is judged by: another table may have been in use when the account was.
  const judged = decisive === undefined ? country : decisive.verdict.country;
  return {
    address,
    ...(judged !== undefined && { country: judged }),
    lastSeen,
    uses,
    admitted: refusing === undefined,
    text: decisive === undefined ? '' : `${decisive.scope}: ${describeVerdict(decisive.verdict, decisive.policy)}`,
  };
}

function* trials(byLogin: ReadonlyMap<string, TriedPlace[]>, nameOf: (login: string) => string): Steps<PolicyTrial[]> {
  const accounts = [...byLogin].sort(([one], [other]) => (one < other ? -1 : 1));
  let room = PLACES_TOLD;
  // Whoever would be shut out is told of before anybody who would not, in whatever account.
  const outs: { readonly shutOut: number; readonly told: number }[] = [];
  for (const [, places] of accounts) {
    const shutOut = places.reduce((sum, { admitted }) => sum + (admitted ? 0 : 1), 0);
    const told = Math.min(room, shutOut);
    room -= told;
    outs.push({ shutOut, told });
  }
  const found: PolicyTrial[] = [];
  for (const [i, [login, places]] of accounts.entries()) {
    if (i % ACCOUNTS_A_STEP === 0) yield;
    const { shutOut = 0, told = 0 } = outs[i] ?? {};
    let outLeft = told;
    let inLeft = Math.min(room, places.length - shutOut);
    room -= inLeft;
    const latestFirst = places.sort((one, other) => other.lastSeen - one.lastSeen);
    const shown = latestFirst.filter(({ admitted }) => (admitted ? inLeft-- : outLeft--) > 0);
    found.push({ login, name: nameOf(login), tried: places.length, shutOut, places: shown });
  }
  return found;
}
