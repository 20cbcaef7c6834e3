import type { Cancel, Clock } from '@vats/kernel';
import type { Flow, HeaderField, ReplyDraft, RequestDraft, SipResponse, TransactionLayer } from '@vats/sip';

/** One phone that a message goes to. */
export interface MessageBranch {
  readonly draft: RequestDraft;
  readonly flow: Flow;
}

/** When the sender is told that nobody takes the message: before its own transaction gives up, which is after 32 s. */
const PATIENCE_MS = 24_000;

/**
 * One message on its way to several phones (RFC 3428 §7; a fork of what is no INVITE): each gets it, the first that takes it answers
 * for all, and only when none does the sender hears of a refusal. It is answered once, and always in time.
 *
 * @param respond called once
 * @returns gives up waiting, and answers nothing: for the end of the process
 */
export function forkMessage(
  branches: readonly MessageBranch[],
  transactions: Pick<TransactionLayer, 'send'>,
  clock: Clock,
  respond: (reply: ReplyDraft) => void,
): Cancel {
  const refusals: ReplyDraft[] = [];
  let isAnswered = false;
  const answer = (reply: ReplyDraft): void => {
    if (isAnswered) return;
    isAnswered = true;
    impatience();
    respond(reply);
  };
  const impatience = clock.after(PATIENCE_MS, () => answer(best(refusals)));
  const refused = (reply: ReplyDraft): void => {
    if (refusals.push(reply) === branches.length) answer(best(refusals));
  };
  for (const { draft, flow } of branches) {
    transactions.send(draft, flow, {
      onResponse: (response) => {
        if (response.status < 200) return;
        if (response.status < 300) answer({ status: response.status });
        else refused(refusalOf(response));
      },
      onTimeout: () => refused(UNAVAILABLE),
      onTransportError: () => refused(UNAVAILABLE),
    });
  }
  return () => {
    isAnswered = true;
    impatience();
  };
}

const UNAVAILABLE: ReplyDraft = { status: 480 };

/** Said of the message itself, whoever gets it: what a sender can mend. */
const ABOUT_THE_MESSAGE = ['Accept', 'Accept-Encoding', 'Accept-Language', 'Retry-After', 'Unsupported'];

/** What the sender hears of a phone's refusal: what is between the phone and us stays there. */
function refusalOf(response: SipResponse): ReplyDraft {
  const { status } = response;
  if (status === 401 || status === 407) return { status: 403 };
  if (status < 400 || status === 408 || status === 481 || status === 430) return UNAVAILABLE;
  // 503 would be about this switch as a whole (RFC 3261 §16.7).
  if (status === 503) return { status: 500 };
  const headers = ABOUT_THE_MESSAGE.flatMap((name): HeaderField[] => {
    const value = response.value(name);
    return value === undefined ? [] : [[name, value]];
  });
  return { status, headers };
}

/** The refusal that tells most: 6xx, then the lowest that says more than that nobody is there (RFC 3261 §16.7). */
function best(refusals: readonly ReplyDraft[]): ReplyDraft {
  const sorted = [...refusals].sort((one, other) => one.status - other.status);
  return sorted.find(({ status }) => status >= 600) ?? sorted.find(({ status }) => status !== 480) ?? UNAVAILABLE;
}
