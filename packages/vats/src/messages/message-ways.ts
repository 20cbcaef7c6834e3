import { FLOW_SILENCE_MS, isFlowFailure } from '@vats/calls';
import type { Cancel, Clock } from '@vats/kernel';
import type { Flow, RequestDraft, SipResponse, TransactionLayer } from '@vats/sip';

/** A way to a phone, and the message as it goes there. */
export interface MessageWay {
  readonly draft: RequestDraft;
  readonly flow: Flow;
}

/** What a phone says that has the same message by another flow already (RFC 3261 §8.2.2.2). */
const MERGED = 482;

/**
 * Sends one phone a message by its flows, one after another (RFC 5626 §7): the next where one has failed, or is silent. It is the same
 * request on each, so that a phone which was only slow knows it for the same.
 *
 * @param ways in the order in which they are tried
 * @param answered called once, with the final response; without one where no flow leads to the phone
 * @returns waits for nothing any more
 */
export function sendByWays(
  ways: readonly MessageWay[],
  transactions: Pick<TransactionLayer, 'send'>,
  clock: Clock,
  answered: (response?: SipResponse) => void,
): Cancel {
  let [next, underWay, isOver] = [0, 0, false];
  let stopWaiting: Cancel = () => {};
  const finish = (response?: SipResponse): void => {
    if (isOver) return;
    isOver = true;
    stopWaiting();
    answered(response);
  };
  const goOn = (): void => {
    stopWaiting();
    if (isOver) return;
    const way = ways[next];
    if (way === undefined) {
      if (underWay === 0) finish();
      return;
    }
    next++;
    underWay++;
    if (next < ways.length) stopWaiting = clock.after(FLOW_SILENCE_MS, goOn);
    const failed = (): void => {
      underWay--;
      goOn();
    };
    transactions.send(way.draft, way.flow, {
      onResponse: (response) => {
        const { status } = response;
        if (status < 200) stopWaiting();
        else if (isFlowFailure(status) || (status === MERGED && underWay > 1)) failed();
        else finish(response);
      },
      onTimeout: failed,
      onTransportError: failed,
    });
  };
  goOn();
  return () => {
    isOver = true;
    stopWaiting();
  };
}
