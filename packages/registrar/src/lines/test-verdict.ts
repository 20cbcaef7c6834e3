import type { Endpoint } from '@vats/kernel';
import { fromWire, type LookupFailure } from '@vats/sip';
import { onOneLine } from './line-answer.ts';
import { realmsOf } from './register-refusal.ts';
import type { TrunkLine } from './trunk-line.ts';
import type { Outcome } from './trunk-test.ts';

interface Asked {
  /** The server that answered OPTIONS. */
  readonly answered: Endpoint | undefined;
  /** Of the last OPTIONS. */
  readonly last: Outcome;
}

/** What a test found. */
export type Finding =
  | { readonly kind: 'not-served'; readonly why: string }
  | {
      readonly kind: 'no-server';
      readonly host: string;
      readonly failure: LookupFailure | undefined;
      readonly hasPort: boolean;
    }
  | ({ readonly kind: 'by-address' } & Asked)
  | ({ readonly kind: 'registering'; readonly outcome: Outcome; readonly line: TrunkLine } & Asked);

export interface TestVerdict {
  readonly good: boolean;
  readonly verdict: string;
  readonly remedy?: string;
}

const SILENCE =
  'check the proxy’s address and port, and that firewalls on the way let our SIP port out and the answers in; some operators serve another port or TCP only';

/** What it means, in plain words, and what to do about it. */
export function verdictOf(finding: Finding): TestVerdict {
  switch (finding.kind) {
    case 'not-served':
      return bad('nothing can go by this trunk', finding.why);
    case 'no-server':
      return noServer(finding);
    case 'by-address':
      return withoutRegistration(finding);
    case 'registering':
      return registering(finding);
  }
}

function noServer({ host, failure, hasPort }: Finding & { kind: 'no-server' }): TestVerdict {
  if (failure === undefined) return bad(`the DNS knows no server of ${host}`, 'check the name in proxy');
  const verdict = `the DNS could not be asked for ${host}: ${failure.question}: ${failure.code}`;
  if (failure.question.startsWith('SRV') && !hasPort) {
    return bad(
      verdict,
      `routers often fail at SRV: write the port too, proxy: sip:${host}:5060, or use another name server`,
    );
  }
  return bad(verdict, 'check the name servers of this machine');
}

function withoutRegistration({ last }: Asked): TestVerdict {
  if (last.kind === 'silence') return bad('the peer is silent', SILENCE);
  if (last.kind === 'failure') return bad(`the peer can't be reached: ${last.failure.code}`, SILENCE);
  const { status } = last.response;
  if (status === 503)
    return bad('the peer is there and serves nobody now (503)', 'ask again later, or ask its operator');
  if (status === 403) return bad('the peer is there and refuses us (403)', 'tell its operator our address');
  return { good: true, verdict: `the peer is there (${status} to OPTIONS)` };
}

function registering({ outcome, line, answered }: Finding & { kind: 'registering' }): TestVerdict {
  if (outcome.kind === 'silence') {
    return answered === undefined
      ? bad('the peer is silent', SILENCE)
      : bad(
          'the peer answers OPTIONS and is silent at REGISTER',
          'check domain: some registrars do not answer for a domain that they do not serve; see that it does not ban us for earlier failures',
        );
  }
  if (outcome.kind === 'failure') return bad(`the peer can't be reached: ${outcome.failure.code}`, SILENCE);
  const { response, report } = outcome;
  const { status } = response;
  if (status < 300) return good(line, status);
  const register = line.trunk.register;
  switch (status) {
    case 401:
    case 407:
      return unauthorised(outcome, line);
    case 403:
      return bad(
        '403: the registrar knows us and refuses',
        `check login (${register?.login}) and domain (${line.host}), that the account is active, and that it may register from this address`,
      );
    case 404:
    case 604:
      return bad(
        `${status}: the registrar does not know this account`,
        `check login (${register?.login}) and domain (${line.host}); the digest username, if it is another one, is authUser`,
      );
    case 503:
      return bad('503: the registrar serves nobody now', 'ask again later; a reserve server is tried by itself');
    default: {
      const isAuthorised = report.answers > 0 && status >= 400 && status < 500;
      const phrase = onOneLine(fromWire(response.reason));
      return bad(
        isAuthorised
          ? `${status} ${phrase}: the credentials were taken, and a REGISTER that only asks was refused`
          : `${status} ${phrase}`,
        isAuthorised
          ? 'look at the live registration: some registrars answer no questions'
          : 'ask the operator what this means',
      );
    }
  }
}

function unauthorised({ response, report }: Outcome & { kind: 'answer' }, line: TrunkLine): TestVerdict {
  const { status } = response;
  switch (report.verdict) {
    case 'foreign-realm':
      return bad(
        `the peer asks for realm ${realmsOf(response)}, which our credentials are not for`,
        'if the operator changed it, write register.realm; if not, somebody else may be answering',
      );
    case 'unsupported':
      return bad(
        `${status} with no challenge that we can answer`,
        'ask the operator for Digest with MD5 or SHA-256 and qop auth',
      );
    default:
      return bad(
        `${status} again after our credentials: password or digest username is wrong`,
        `check password and authUser (now ${line.trunk.register?.authUser ?? line.trunk.register?.login}); some operators have a digest username of its own`,
      );
  }
}

function good(line: TrunkLine, status: number): TestVerdict {
  const { state } = line.status();
  if (state === 'registered') return { good: true, verdict: 'the credentials are right, and the trunk is registered' };
  return bad(
    `the credentials are right (${status}), and the live registration is ${state}`,
    'see its last answer in vats trunks; it goes on trying by itself',
  );
}

function bad(verdict: string, remedy: string): TestVerdict {
  return { good: false, verdict, remedy };
}
