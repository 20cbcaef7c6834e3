import { type Ban, type Gate, type Refusal, UNPROVEN, userKey } from '@vats/access';
import type { DeviceMatch, Domain } from '@vats/pbx';
import { type ExplainedStep, explained } from './explain.ts';

/** Whom a question about an address is about: somebody unknown who speaks to any of these domains, or one of their accounts. */
export interface AskedAbout {
  readonly domains: readonly Domain[];
  readonly device?: DeviceMatch;
}

/** What one domain's policy says; the machine's and a device's are of no one domain, or of the one that is asked about. */
export interface DomainStep extends ExplainedStep {
  readonly domain?: string;
}

/** What becomes of an account that is used from there, with the right password. */
export interface AccountOutcome {
  readonly login: string;
  readonly domain: string;
  /** Why it is answered as with a wrong password though it would be heard; absent where it may be used. */
  readonly answeredAsWrong?: 'policy' | 'ban' | undefined;
}

export interface AddressExplanation {
  /** Whether the policies let anything be read that comes from there. */
  readonly admitted: boolean;
  /** The machine's, each domain's, the device's; up to the one that refuses. */
  readonly steps: readonly DomainStep[];
  /** Whether each domain's policy, and the machine's, let it in. */
  readonly domains: readonly { readonly name: string; readonly admitted: boolean }[];
  /** What it gets from there where the policies refuse it. */
  readonly refusal: Refusal;
  readonly account?: AccountOutcome;
  /** Those that hold the address and bear on whom is asked about. */
  readonly bans: readonly Ban[];
}

/** What would happen to somebody at an address, by the policies and the bans of now, and `refusal` of the settings. */
export function explainAddress(
  { gate, refusal: ofSettings }: { readonly gate: Pick<Gate, 'fence' | 'bans'>; readonly refusal: Refusal },
  address: string,
  asked: AskedAbout,
): AddressExplanation {
  const { fence, bans } = gate;
  const ofMachine = fence.judge(address);
  const steps: DomainStep[] = explained(ofMachine);
  const domains = asked.domains.map((domain) => {
    const judgement = fence.judge(address, domain.id);
    const own = explained(judgement).filter(({ scope }) => scope === 'domain');
    steps.push(...own.map((step) => ({ ...step, domain: domain.name })));
    return { name: domain.name, admitted: judgement.admitted };
  });
  const admitted = ofMachine.admitted && (domains.length === 0 || domains.some((domain) => domain.admitted));
  // A ban is silent, and goes first where the policy of any domain lets messages from there be read.
  const isSilenced = fence.admitsSource(address) && bans.isBanned(address) !== undefined;
  const refusal = isSilenced ? 'silence' : ofSettings;
  const about = { admitted, steps, domains, refusal, bans: bansOf(bans.about(address), asked) } as const;
  const [domain] = asked.domains;
  if (asked.device === undefined || domain === undefined) return about;

  const { login, access } = asked.device.device;
  const judgement = fence.judge(address, domain.id, access);
  steps.push(...explained(judgement).filter(({ scope }) => scope === 'device'));
  const isBanned = bans.isUserBanned(address, userKey(domain.id, login)) !== undefined;
  const refusedBy: AccountOutcome['answeredAsWrong'] = !judgement.admitted ? 'policy' : isBanned ? 'ban' : undefined;
  const answeredAsWrong = admitted ? refusedBy : undefined;
  return { ...about, account: { login, domain: domain.name, answeredAsWrong } };
}

/** Bans of other domains' accounts, and of other accounts than the one asked about, are left out. */
function bansOf(bans: readonly Ban[], { domains, device }: AskedAbout): readonly Ban[] {
  return bans.filter(({ user }) => {
    if (user === undefined || user === UNPROVEN) return true;
    if (device === undefined) return domains.some(({ id }) => user.startsWith(`${id}\n`));
    return domains.some(({ id }) => user === userKey(id, device.device.login));
  });
}
