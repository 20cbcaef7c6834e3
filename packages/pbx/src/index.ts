export { type CheckedPbx, checkPbx, readingPbx, readPbx } from './check/check-pbx.ts';
export type { RegisterNames } from './check/domain-view.ts';
export { isEverybody, remarksOnPolicy } from './check/policy-sense.ts';
export {
  type Contact,
  type ContactChange,
  type ContactStore,
  type Contacts,
  MOST_CONTACTS,
} from './contacts/contact.ts';
export { ContactList } from './contacts/contact-list.ts';
export { type ContactImport, type ContactPlan, planningContacts } from './contacts/plan-contacts.ts';
export { type ContactLine, readingContacts } from './contacts/read-contacts.ts';
export { writingContacts } from './contacts/write-contacts.ts';
export { CSV_BOM, csvLine } from './csv/write-csv.ts';
export type {
  CallCursor,
  CallDirection,
  CallFilter,
  CallForward,
  CallLeg,
  CallPage,
  CallParty,
  CallRecord,
  CallResult,
  CallSummary,
  CallTalk,
  HistoryStore,
  LastConversation,
  LeftMessage,
  LegQuality,
  QueueEnd,
  QueueWait,
  ReachedLimit,
  RecordingEntry,
  RecordingFilter,
  RecordingStore,
  SoundTrouble,
  StreamCounts,
} from './history.ts';
export { isInternal } from './internal-addresses.ts';
export {
  type Applied,
  type ApplyOptions,
  type PbxSource,
  type PromptNames,
  planApply,
  planningApply,
} from './model/apply.ts';
export { type Change, describeChange, hashOf, managerOfFile } from './model/change.ts';
export { type DeviceMatch, Directory } from './model/directory.ts';
export {
  type DomainDocument,
  documentOf,
  domainOfDocuments,
  type ObjectDocument,
  type ObjectList,
  objectListsOf,
} from './model/documents.ts';
export { addByValue, addUser, type Edit, type NewUser, removeUser, setPassword } from './model/edit.ts';
export { type CalendarYears, setCalendarYears } from './model/edit-calendar.ts';
export { type ExportOptions, exportPbx } from './model/export.ts';
export { FileMemory } from './model/file-memory.ts';
export { ha1Of, makePassword } from './model/ha1.ts';
export type { Json, JsonObject } from './model/kinds.ts';
export {
  type Conference,
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
  type Ha1Digests,
  type Managed,
  type ManagedBy,
  type Model,
  type Scheme,
  type SettingName,
  setting,
  type Trunk,
  type TrunkIdentity,
  type TrunkRegistration,
  type User,
} from './model/model.ts';
export { type NumberSearch, readNumberSearch } from './number-search.ts';
export { isInRegion, type NumberPlace } from './numbering/number-place.ts';
export {
  NumberRegister,
  type RegionName,
  type RegisteredPlace,
  type RegisterFile,
  type RegisterTable,
  type StoredRegister,
} from './numbering/number-register.ts';
export { type ReadRegister, type RegisterSource, readingRegister } from './numbering/read-register.ts';
export { regionKey } from './numbering/region-name.ts';
export type { RegisterStore } from './numbering/register-store.ts';
export { isOperatorsOwn } from './own-network.ts';
export {
  type Checked,
  formatKeyPath,
  formatProblem,
  type KeyPath,
  type Problem,
  sortProblems,
} from './problems/problem.ts';
export { suggest } from './problems/suggest.ts';
export {
  type Agent,
  type AgentDesk,
  type AgentState,
  agentsOf,
  isAnyFree,
  isDeserted,
  isThere,
} from './queue/agents.ts';
export { estimatedWait } from './queue/estimated-wait.ts';
export { nextOffer, type Offer } from './queue/next-offer.ts';
export { LAST_PRIORITY, type QueueRules, queueRules } from './queue/queue-rules.ts';
export { formatMoney, MONEY_PARTS, parseMoney } from './rates/money.ts';
export { longestFor, priceOf, type Rate } from './rates/rate.ts';
export type { RateStore, RateTableName } from './rates/rate-store.ts';
export { COMPARED_SECONDS, cheapestOf, RateTable, type TrunkRate } from './rates/rate-table.ts';
export { readingRates, readRates } from './rates/read-rates.ts';
export { writingRates } from './rates/write-rates.ts';
export { advance } from './routing/advance.ts';
export { type CodeDigits, codesOf, digitsAfter, type Feature, featureOf } from './routing/codes.ts';
export { type DecisionFault, LONGEST_DECISION, readDecision } from './routing/decision.ts';
export { mailboxOwner } from './routing/leave-message.ts';
export { dialledIn, type KeysRead, mostMenuKeys, readMenuKeys } from './routing/menu-keys.ts';
export { IDLE, NOTES_LIMIT, NotedWorld, replayedWorld, type WorldNotes } from './routing/noted-world.ts';
export type { AgentOrder } from './routing/order-of-agent.ts';
export { isRingOutcome } from './routing/outcomes.ts';
export {
  changedOwn,
  forwardsOf,
  isUndisturbed,
  type OwnChange,
  type OwnForward,
  type OwnSettings,
} from './routing/own-settings.ts';
export type { PickUp } from './routing/pick-up.ts';
export type {
  Activity,
  CallBack,
  Caller,
  DecideOutcome,
  DeviceTarget,
  Forward,
  Frame,
  LastCaller,
  LastTalk,
  MenuOutcome,
  OutsideTarget,
  Plan,
  PlanEvent,
  PlanStep,
  QueueOutcome,
  RejectReason,
  RingOutcome,
  RingTarget,
  RouteCall,
  SaidValue,
  ServedOutcome,
  StepOutcome,
  Way,
  World,
} from './routing/plan.ts';
export { DEFAULT_RING_MS } from './routing/reach-user.ts';
export { recordingOf, recordsConference } from './routing/recording.ts';
export { route } from './routing/route.ts';
export { eventOf, goesOn, isStepOutcome } from './routing/step-outcomes.ts';
export { writtenFor } from './routing/written-number.ts';
export { CALENDAR_ASKED_BEFORE_DAYS, type CalendarEnd, calendarEnd } from './schedule/calendar-end.ts';
export { localDate, MOMENT_REMEDY, momentText, type ReadMoment, readMoment } from './schedule/moment.ts';
export { type ProductionCalendar, readProductionCalendar } from './schedule/production-calendar.ts';
export { type HoursOf, LOOK_AHEAD_DAYS, type Schedule, scheduleAt } from './schedule/schedule-at.ts';
export { type AccessPolicy, access, isNetwork, network, networks } from './schema/access.ts';
export { type Calendar, calendar, type DayKind, isDate } from './schema/calendar.ts';
export { MOST_SEATS } from './schema/conference.ts';
export { country } from './schema/country.ts';
export { duration, formatDuration, parseDuration } from './schema/duration.ts';
export { fault, remedyForOtherTypes, shown, textThat } from './schema/fault.ts';
export type { Hours, OpenHours } from './schema/hours.ts';
export type { LimitBounds, Limits } from './schema/limits.ts';
export { BETWEEN_KEYS_MS, MENU_TIMEOUT_MS, type MenuRule, type MenuStep } from './schema/menu.ts';
export { EMERGENCY_NUMBERS, type NormalisedNumber, normaliseNumber, normaliseOperatorNumber } from './schema/number.ts';
export { type NumberPattern, parsePattern } from './schema/pattern.ts';
export { type PbxFile, pbxFile } from './schema/pbx-file.ts';
export { findRegion, readRegionPart } from './schema/region.ts';
export { type SessionTimer, sessionTimer } from './schema/session-timer.ts';
export type { DigestChoice } from './schema/user.ts';
export { email, host, isHost, line } from './schema/words.ts';
export { DEFAULT_COSTLY, LIMIT_NAMES, type LimitName, type Scope } from './spending/bounds.ts';
export { calledBy } from './spending/called-number.ts';
export type {
  LimitState,
  OutsideCall,
  SpendingDecision,
  SpendingRefusal,
  SpendingRules,
  TalkGranted,
} from './spending/decision.ts';
export type { LimitUse, SpendingEvent } from './spending/events.ts';
export { amounts, limitText, type RefusedLimit, refusedLimit, whom } from './spending/limit-text.ts';
export { classOf, classOfCall, isCostly, type NumberClass } from './spending/number-class.ts';
export { type Permission, type PermittingRule, permissionOf } from './spending/permission.ts';
export { SpendingAccounts, type SpendingOptions } from './spending/spending-accounts.ts';
export type { HeldByCall, SpendingChange, SpendingStore, SpentInMinute } from './spending/store.ts';
export { keyOfSubject, type SpendingSubject } from './spending/subject.ts';
export { exportUsers } from './users/export-users.ts';
export { type ImportedUsers, importingUsers, type NewPassword, type UserImport } from './users/import-users.ts';
export { readingUsers, type UserCells, type UserLine } from './users/read-users.ts';
export type { MailboxEntry, VoiceMessage, VoicemailStore } from './voicemail/voicemail-store.ts';
export { type VoicemailTerms, voicemailTerms } from './voicemail/voicemail-terms.ts';
export { readingYaml, readValue, readYaml, type YamlSource } from './yaml/read-yaml.ts';
export { NO_PLACES, type Places } from './yaml/yaml-source.ts';
