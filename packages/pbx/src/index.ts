export type {
  CallFilter,
  CallParty,
  CallRecord,
  HistoryStore,
  RecordingEntry,
  RecordingFilter,
  RecordingStore,
} from './history.ts';
export {
  type Device,
  type DeviceHa1,
  DOMAIN_DEFAULTS,
  type Domain,
  type DomainNumber,
  type DomainSettings,
  digestOf,
  EMPTY_MODEL,
  type Frozen,
  type Group,
  type Managed,
  type ManagedBy,
  type Model,
  type Scheme,
  type SettingName,
  setting,
  type Trunk,
  type TrunkRegistration,
  type User,
} from './model/model.ts';
export {
  type Checked,
  formatKeyPath,
  formatProblem,
  type KeyPath,
  type Problem,
  sortProblems,
} from './problems/problem.ts';
export { suggest } from './problems/suggest.ts';
export type {
  Caller,
  Plan,
  PlanEvent,
  PlanStep,
  RejectReason,
  RingOutcome,
  RingTarget,
  RouteCall,
  World,
} from './routing/plan.ts';
export { duration, formatDuration, parseDuration } from './schema/duration.ts';
export { EMERGENCY_NUMBERS, type NormalisedNumber, normaliseNumber } from './schema/number.ts';
export { type NumberPattern, parsePattern } from './schema/pattern.ts';
export { type PbxFile, pbxFile } from './schema/pbx-file.ts';
