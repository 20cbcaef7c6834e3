export { type DialogCounters, DialogLayer, type DialogLayerOptions } from './layer.ts';
export { REFER_REFUSALS, type ReferFault, type ReferRequest, readRefer } from './refer-request.ts';
export type { IncomingRefer, ReferOutcome } from './refers.ts';
export {
  KNOWN_METHODS,
  type Refusal,
  refusedExtension,
  refusedHops,
  refusedMethod,
} from './refusals.ts';
export { type Routing, routeTo, targetWithoutRoutes } from './route-set.ts';
export { readSessionBody, refusedBody, type SessionBody, sessionDescriptionOf } from './session-description.ts';
export { refusedInterval } from './session-timer.ts';
export { DIALOG_TIMERS, type DialogTimers } from './timers.ts';
export type {
  DialogFacts,
  EarlyDialog,
  IncomingInvite,
  IncomingInviteOptions,
  IncomingInviteUser,
  IncomingReinvite,
  InDialogRequestOptions,
  InDialogRequestUser,
  InviteFailure,
  OfferAnswerState,
  OutgoingInvite,
  OutgoingInviteOptions,
  OutgoingInviteUser,
  OutgoingReinvite,
  ProgressOptions,
  ReinviteOptions,
  ReinviteUser,
  RejectOptions,
  Respond,
  RespondOptions,
  Session,
  SessionEnd,
  SessionTimerFacts,
  SessionTimerPolicy,
  SessionUser,
  UpdateOptions,
} from './user.ts';
