import type { TrunkLine as CallsLine } from '@vats/calls';
import { type Directory, type Domain, normaliseNumber, type Trunk } from '@vats/pbx';
import { isInTrouble, type TrunkLine, type TrunkLines, type TrunkTarget } from '@vats/registrar';
import { type Flow, fromWire, type SipRequest } from '@vats/sip';
import type { ByTrunk, Trunks } from './trunks.ts';

/** The trunks of the model as they run, in the words of calls and of the front door. */
export class RunningTrunks implements Trunks {
  readonly #lines: TrunkLines;
  readonly #directory: () => Directory;

  constructor(lines: TrunkLines, directory: () => Directory) {
    this.#lines = lines;
    this.#directory = directory;
  }

  line(domain: Domain, trunk: string): CallsLine | undefined {
    const line = this.#lines.of(domain.id, trunk);
    const settings = this.#directory().findTrunk(domain, trunk);
    return line === undefined || settings === undefined ? undefined : asCallsSee(line, settings);
  }

  recognise(request: SipRequest, flow: Flow): ByTrunk | undefined {
    const { requestUri } = request;
    const uri = requestUri.ok && requestUri.value.kind === 'sip' ? requestUri.value : undefined;
    const directory = this.#directory();
    const meant = uri === undefined ? undefined : directory.findDomain(uri.host);
    const user = uri?.user;
    const line = this.#lines.recognise(
      flow.observed.address,
      user === undefined ? undefined : fromWire(user),
      meant?.id,
    );
    const domain = line === undefined ? undefined : directory.domainById(line.domain);
    const trunk = domain && line && directory.findTrunk(domain, line.name);
    return domain === undefined || trunk === undefined ? undefined : { domain, trunk };
  }

  isUp(domain: Domain, trunk: string): boolean {
    const line = this.#lines.of(domain.id, trunk);
    return line !== undefined && !isInTrouble(line.status());
  }
}

/** One call's view of a line: it says of the target that it was given whether it took the call. */
function asCallsSee(line: TrunkLine, { numbers, codecs, dtmf }: Trunk): CallsLine {
  let given: TrunkTarget | undefined;
  const { credentials, contactUser, login } = line;
  const number = login !== undefined && normaliseNumber(login).kind === 'e164' ? login : undefined;
  return {
    domain: line.domain,
    name: line.name,
    host: line.host,
    target: () => {
      given = line.target();
      return given;
    },
    failed: () => {
      if (given !== undefined) line.markFailing(given.endpoint);
    },
    worked: () => {
      if (given !== undefined) line.markWorking(given.endpoint);
    },
    ...(credentials !== undefined && { credentials }),
    ...(contactUser !== undefined && { contactUser }),
    ...(number !== undefined && { number }),
    ...(numbers?.send !== undefined && { writes: numbers.send }),
    ...(codecs !== undefined && { codecs }),
    ...(dtmf !== undefined && { dtmf }),
  };
}
