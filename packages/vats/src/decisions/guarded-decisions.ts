import type { AskDecision, DecisionAnswer } from '@vats/calls';
import type { Clock, FaultLines } from '@vats/kernel';

const FAULT: DecisionAnswer = { ok: false, why: 'a fault of the switch, which the log tells' };

/**
 * Asks, and lets no fault of ours in what follows go further than the question: answers come from callbacks of the HTTP client, where
 * nobody else would catch it. The call goes on as without an answer.
 */
export function guardedDecisions(ask: AskDecision, faults: FaultLines, clock: Clock): AskDecision {
  return (url, question, answered) => {
    const tell = (error: unknown): void => faults.tell('decision.handler-failed', error, { call: question.call });
    const guarded = (answer: DecisionAnswer): void => {
      try {
        answered(answer);
      } catch (error) {
        tell(error);
        // Whoever has ended with the first answer does not hear this one.
        if (answer !== FAULT) guarded(FAULT);
      }
    };
    try {
      return ask(url, question, guarded);
    } catch (error) {
      tell(error);
      return clock.after(0, () => guarded(FAULT));
    }
  };
}
