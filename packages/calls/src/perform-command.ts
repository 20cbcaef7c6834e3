import type { CallContext } from './call-context.ts';
import type { CallPlan } from './call-plan.ts';
import type { CallCommand, CallState } from './call-state.ts';
import type { CallTimers } from './call-timers.ts';
import type { CallerSide } from './caller-side.ts';
import type { Forks } from './forks.ts';
import type { GivingAway } from './giving-away.ts';
import { reasonFor } from './reasons.ts';
import { refusalHeaders } from './refusal-headers.ts';
import type { Renegotiation } from './renegotiation.ts';
import type { Services } from './services.ts';
import type { Supervision } from './supervision.ts';
import type { Takeover } from './takeover.ts';
import type { Transfers } from './transfers.ts';

/** Those among the parts of a call who do what its machine decides. */
export interface Performers {
  readonly forks: Forks;
  readonly callerSide: CallerSide;
  readonly services: Services;
  readonly plan: CallPlan;
  readonly renegotiation: Renegotiation;
  readonly timers: CallTimers;
  readonly supervision: Supervision;
  readonly transfers: Transfers;
  readonly takeover: Takeover;
  readonly giving: GivingAway;
  /** The call's state when it is asked for. */
  readonly state: () => CallState;
  /** The call is over. */
  readonly end: () => void;
}

/** Carries out what `step()` decided for the call, by the part of it whose matter that is. */
export function performCommand(command: CallCommand, call: CallContext, performers: Performers): void {
  const { forks, callerSide, services, plan, renegotiation, timers, supervision } = performers;
  switch (command.do) {
    case 'invite':
      forks.invite(command.leg);
      return;
    case 'cancel':
      forks.cancel(command.leg, command.elsewhere);
      return;
    case 'tell-progress':
      callerSide.progress(command.status, command.earlyMediaOf);
      return;
    case 'miss-offer':
      services.missed(command);
      return;
    case 'end-offer':
      services.offerEnded();
      return;
    case 'connect':
      services.answered(command.leg);
      callerSide.connect(command.leg);
      return;
    case 'serve':
      services.begin(command.service);
      return;
    case 'ringback':
      callerSide.ringback();
      return;
    case 'reject':
      call.invite.reject(command.status, {
        headers: refusalHeaders(command.failure, {
          fault: call.legs.caller?.offerFault,
          offered: call.legs.caller?.sdp.offeredSound,
        }),
      });
      return;
    case 'bye':
      call.legs.get(command.leg)?.session?.bye([['Reason', reasonFor(command.failure, command.cause)]]);
      return;
    case 'ask-plan':
      services.end();
      plan.goOn(command.outcome);
      return;
    case 'relay-reinvite':
      renegotiation.relay(command.from, command.to);
      return;
    case 'answer-reinvite':
      renegotiation.answer(
        command.leg,
        performers.state().name === 'talking' ? undefined : () => callerChanged(performers),
      );
      return;
    case 'pass-answer':
      renegotiation.passAnswer(command.from, command.to);
      return;
    case 'refuse-reinvite':
      renegotiation.refuse(command.leg, command.status);
      return;
    case 'start-timer':
      timers.start(command.timer, command.ms);
      return;
    case 'stop-timer':
      timers.stop(command.timer);
      return;
    case 'begin-transfer':
      performers.transfers.begin(command.by, command.caller);
      return;
    case 'end-transfer':
      performers.transfers.end(command.to);
      return;
    case 'fail-transfer':
      performers.transfers.fail(command.failure, command.returned);
      return;
    case 'admit':
      performers.takeover.admit(command.leg, command.to, command.caller);
      return;
    case 'let-go': {
      const { leg, failure } = command;
      call.legs.get(leg)?.session?.bye([['Reason', reasonFor(failure, undefined)]]);
      call.legs.drop(leg);
      call.emit({ type: 'leg.ended', leg, failure });
      return;
    }
    case 'hand-over':
      performers.giving.handOver(command.leg);
      return;
    case 'close-media':
      services.end();
      performers.transfers.close();
      performers.giving.left();
      supervision.end();
      call.recorder.close();
      call.legs.close();
      return;
    case 'end':
      performers.end();
      return;
    case 'emit':
      call.emit(command.event);
      return;
  }
}

function callerChanged({ callerSide, services, state }: Performers): void {
  const now = state();
  callerSide.changed(now.name === 'ringing' ? now.heard : undefined);
  services.changed();
}
