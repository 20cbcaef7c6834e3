import { type TrunkLine as CallsLine, calledNumberOf, DEFAULT_PLACES } from '@vats/calls';
import { type Clock, LineBudget, type Log } from '@vats/kernel';
import { type Directory, type Domain, normaliseNumber, type Trunk } from '@vats/pbx';
import { isInTrouble, type TrunkLine, type TrunkLines, type TrunkTarget } from '@vats/registrar';
import { type Flow, fromWire, type SipRequest } from '@vats/sip';
import type { ByTrunk, Trunks } from './trunks.ts';

export interface RunningTrunksParts {
  readonly lines: TrunkLines;
  readonly directory: () => Directory;
  readonly clock: Clock;
  readonly log: Log;
}

/** The trunks of the model as they run, in the words of calls and of the front door. */
export class RunningTrunks implements Trunks {
  readonly #lines: TrunkLines;
  readonly #directory: () => Directory;
  readonly #log: Log;
  readonly #missed: LineBudget;

  constructor({ lines, directory, clock, log }: RunningTrunksParts) {
    this.#lines = lines;
    this.#directory = directory;
    this.#log = log;
    this.#missed = new LineBudget(clock, log);
  }

  line(domain: Domain, trunk: string): CallsLine | undefined {
    const line = this.#lines.of(domain.id, trunk);
    const settings = this.#directory().findTrunk(domain, trunk);
    return line === undefined || settings === undefined ? undefined : asCallsSee(line, settings);
  }

  recognise(request: SipRequest, flow: Flow): ByTrunk | undefined {
    const { requestUri } = request;
    const { address } = flow.observed;
    const uri = requestUri.ok && requestUri.value.kind === 'sip' ? requestUri.value : undefined;
    const directory = this.#directory();
    const meant = uri === undefined ? undefined : directory.findDomain(uri.host);
    const user = uri?.user === undefined ? undefined : fromWire(uri.user);
    const calls = (line: TrunkLine): boolean => callsNumberOf(request, line, directory);
    const line = this.#lines.recognise(address, user, meant?.id, calls, flow.transport);
    if (line === undefined) this.#hint(address, calls);
    const domain = line === undefined ? undefined : directory.domainById(line.domain);
    const trunk = domain && line && directory.findTrunk(domain, line.name);
    return domain === undefined || trunk === undefined ? undefined : { domain, trunk };
  }

  isAt(address: string): boolean {
    return this.#lines.isOfTrunk(address);
  }

  /** Whoever waits in vain for calls of an operator that does not name our Contact is told what to do. */
  #hint(address: string, calls: (line: TrunkLine) => boolean): void {
    const line = this.#lines.missed(address, calls);
    if (line === undefined || !this.#missed.allows(`${line.domain} ${line.name}`)) return;
    this.#log.warn('trunk.not-recognised', {
      domain: line.domainName,
      trunk: line.name,
      address,
      why: 'the INVITE names a number, and not the Contact of our registration, or it came over UDP where the trunk has another transport',
      remedy:
        'write register: { recognise: address } if this operator calls so, and leave transport out if it calls over UDP',
    });
  }

  isUp(domain: Domain, trunk: string): boolean {
    const line = this.#lines.of(domain.id, trunk);
    return line !== undefined && !isInTrouble(line.status());
  }
}

/**
 * Whether an INVITE calls what a line that registers is there for, in one of the places where its trunk puts the number: its
 * account, or a number of its domain that belongs to it or to no trunk in particular.
 */
function callsNumberOf(request: SipRequest, line: TrunkLine, directory: Directory): boolean {
  const domain = directory.domainById(line.domain);
  if (domain === undefined) return false;
  const { login = '' } = line;
  const account = normaliseNumber(login).number;
  const isIts = (number: string): boolean => {
    if (number === account) return true;
    const entry = directory.findNumber(domain, number);
    return entry !== undefined && (entry.trunk === undefined || entry.trunk === line.name);
  };
  const called = calledNumberOf(request, line.trunk.numbers?.from ?? DEFAULT_PLACES, isIts);
  return called !== undefined && isIts(normaliseNumber(called).number);
}

/** One call's view of a line: it says of the target that it was given whether it took the call. */
function asCallsSee(
  line: TrunkLine,
  { numbers, codecs, dtmf, srtp, noResponse, sessionTimer, identity }: Trunk,
): CallsLine {
  let given: TrunkTarget | undefined;
  const { credentials, contactUser, login, serviceRoute } = line;
  const number = login !== undefined && normaliseNumber(login).kind === 'e164' ? login : undefined;
  return {
    domain: line.domain,
    name: line.name,
    host: line.host,
    target: () => {
      given = line.target();
      return given;
    },
    lastResort: (but) => {
      given = line.lastResort(but);
      return given;
    },
    ...(noResponse !== undefined && { noResponse }),
    failed: () => {
      if (given !== undefined) line.markFailing(given.endpoint);
    },
    worked: () => {
      if (given !== undefined) line.markWorking(given.endpoint);
    },
    ...(credentials !== undefined && { credentials }),
    ...(contactUser !== undefined && { contactUser }),
    ...(serviceRoute.length > 0 && { routes: serviceRoute }),
    ...(number !== undefined && { number }),
    ...(numbers?.send !== undefined && { writes: numbers.send }),
    ...(codecs !== undefined && { codecs }),
    ...(dtmf !== undefined && { dtmf }),
    ...(srtp !== undefined && { srtp }),
    ...(sessionTimer !== undefined && { sessionTimer }),
    ...(identity !== undefined && { identity }),
  };
}
