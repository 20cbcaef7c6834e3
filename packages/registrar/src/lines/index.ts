export { answerText, type LineAnswer } from './line-answer.ts';
export type { TrunkEvent } from './line-events.ts';
export { isInTrouble, type LineStatus } from './line-status.ts';
export type { RegistrationState } from './registration-parts.ts';
export type { TrunkLine, TrunkTarget } from './trunk-line.ts';
export { TrunkLines, type TrunkLinesOptions } from './trunk-lines.ts';
export type { TestStep, TrunkTest } from './trunk-test.ts';
