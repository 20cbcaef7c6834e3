export type { CallOrigin } from './call-context.ts';
export type { CallEnded, CallEvent, LegName, Party, UnstampedEvent } from './call-event.ts';
export { CallManager } from './call-manager.ts';
export type { RecordingCommand, RecordingRefusal } from './call-recorder.ts';
export type { CallSnapshot } from './call-snapshot.ts';
export { CALLER, type CallState } from './call-state.ts';
export {
  type ClaimedCaller,
  claimedCallerOf,
  hidesCaller,
  type IdentitySource,
  preferredNumbersOf,
  privacyOf,
} from './claimed-caller.ts';
export type { ConferenceRecorded } from './conference-recording.ts';
export type { ConferenceSnapshot } from './conferences.ts';
export { type Diverted, diversionsIn } from './diversions.ts';
export { divertingOf } from './diverting.ts';
export { FAILURES, type Failure, type FailureCode, reasonHeader } from './failures.ts';
export { FLOW_SILENCE_MS, isFlowFailure } from './next-try.ts';
export type {
  AskDecision,
  CallSettings,
  CallsParts,
  DecisionAnswer,
  DecisionQuestion,
  Locate,
  ReachablePhone,
  RecordingTerms,
  Spending,
  TrunkLine,
} from './parts.ts';
export type { QueueSnapshot } from './queues.ts';
export { type Replay, type ReplayedStep, replay } from './replay.ts';
export { tlsAsked, waysTo } from './secure-call.ts';
export { type MachineTimer, timerPolicy } from './session-timer-policy.ts';
export { shownOutside } from './shown-outside.ts';
export { CallStory, recordOf } from './story.ts';
export { cutOff } from './story-cut-off.ts';
export type { SupervisionRefusal } from './supervision.ts';
export type { SupervisionKind } from './supervisor.ts';
export { calledNumberOf, DEFAULT_PLACES, type NumberPlace } from './trunk-request.ts';
export type { BoxMessage, Draft, Mailbox, Mailboxes, TakeRefusal } from './voicemail/mailboxes.ts';
