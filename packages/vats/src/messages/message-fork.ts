import type { Cancel, Clock } from '@vats/kernel';
import type { HeaderField, ReplyDraft, SipResponse, TransactionLayer } from '@vats/sip';
import { type MessageWay, sendByWays } from './message-ways.ts';

/** When the sender is told that nobody takes the message: before its own transaction gives up, which is after 32 s. */
const PATIENCE_MS = 24_000;

/**
 * One message on its way to several phones (RFC 3428 §7; a fork of what is no INVITE): each gets it, the first that takes it answers
 * for all, and only when none does the sender hears of a refusal. It is answered once, and always in time.
 *
 * @param branches the ways to each phone
 * @param respond called once
 * @returns gives up waiting, and answers nothing: for the end of the process
 */
export function forkMessage(
  branches: readonly (readonly MessageWay[])[],
  transactions: Pick<TransactionLayer, 'send'>,
  clock: Clock,
  respond: (reply: ReplyDraft) => void,
): Cancel {
  const refusals: ReplyDraft[] = [];
  const waits: Cancel[] = [];
  let isAnswered = false;
  const close = (): void => {
    isAnswered = true;
    impatience();
    for (const stopWaiting of waits) stopWaiting();
  };
  const answer = (reply: ReplyDraft): void => {
    if (isAnswered) return;
    close();
    respond(reply);
  };
  const impatience = clock.after(PATIENCE_MS, () => answer(best(refusals)));
  const answered = (response?: SipResponse): void => {
    if (response !== undefined && response.status < 300) answer({ status: response.status });
    else if (refusals.push(response === undefined ? UNAVAILABLE : refusalOf(response)) === branches.length)
      answer(best(refusals));
  };
  for (const ways of branches) {
    const stopWaiting = sendByWays(ways, transactions, clock, answered);
    if (isAnswered) stopWaiting();
    else waits.push(stopWaiting);
  }
  return close;
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
