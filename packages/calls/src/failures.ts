/** How one way for a call not to succeed, or to end, shows up everywhere. */
export interface Failure {
  /** Final SIP status the caller's INVITE gets; 0 where the call was up and a BYE ends it. */
  readonly status: number;
  /** ITU-T Q.850 cause, for `Reason` headers and the call record. */
  readonly q850: number;
  readonly log: 'debug' | 'info' | 'warn' | 'error';
  /** Disconnect code of the Mango Office API's table, which our API speaks. */
  readonly mango: number;
  readonly en: string;
  readonly ru: string;
  /** What the other end of the wire is told in the place of `en`, where the true reason is none of its business. */
  readonly told?: string;
}

/**
 * Every way a call ends: one row feeds the wire, the call's record, the log, the API and the docs. A call that was
 * answered ends by one of the rows with status 0.
 */
export const FAILURES = {
  'caller-hung-up': {
    status: 0,
    q850: 16,
    log: 'info',
    mango: 1110,
    en: 'The caller hung up',
    ru: 'Вызывающий положил трубку',
  },
  'callee-hung-up': {
    status: 0,
    q850: 16,
    log: 'info',
    mango: 1120,
    en: 'The called party hung up',
    ru: 'Вызываемый положил трубку',
  },
  transferred: {
    status: 0,
    q850: 16,
    log: 'info',
    mango: 1180,
    en: 'Transferred',
    ru: 'Переведён',
  },
  'operator-hung-up': {
    status: 0,
    q850: 16,
    log: 'info',
    mango: 1181,
    en: 'Ended by an operator of the switch',
    ru: 'Завершён оператором станции',
  },
  'shut-out': {
    status: 0,
    q850: 21,
    log: 'warn',
    mango: 1181,
    en: 'A party is where it may not call from any more',
    ru: 'Участнику больше не разрешено звонить с его адреса',
  },
  'media-silent': {
    status: 0,
    q850: 127,
    log: 'warn',
    mango: 1100,
    en: 'Neither side sent any sound',
    ru: 'Ни одна сторона не передавала звук',
  },
  'held-too-long': {
    status: 0,
    q850: 102,
    log: 'info',
    mango: 1100,
    en: 'Held for longer than allowed',
    ru: 'Удержание дольше разрешённого',
  },
  'time-limit': {
    status: 0,
    q850: 102,
    log: 'info',
    mango: 1100,
    en: 'The call reached its time limit',
    ru: 'Достигнут предел длительности вызова',
  },
  'answer-not-acknowledged': {
    status: 0,
    q850: 102,
    log: 'warn',
    mango: 1100,
    en: 'The answer was never acknowledged',
    ru: 'Ответ не был подтверждён',
  },
  'progress-not-acknowledged': {
    status: 504,
    q850: 102,
    log: 'warn',
    mango: 1100,
    en: 'The caller did not acknowledge that the call was under way',
    ru: 'Вызывающий не подтвердил ход соединения',
  },
  'session-expired': {
    status: 0,
    q850: 102,
    log: 'warn',
    mango: 1100,
    en: 'A phone did not refresh the session in time',
    ru: 'Телефон вовремя не подтвердил продолжение разговора',
  },
  'leg-lost': {
    status: 0,
    q850: 38,
    log: 'warn',
    mango: 1100,
    en: 'A phone stopped answering during the call',
    ru: 'Телефон перестал отвечать во время разговора',
  },
  'switch-stopped': {
    status: 503,
    q850: 41,
    log: 'warn',
    mango: 1100,
    en: 'The switch was stopped',
    ru: 'Станция остановлена',
  },
  'switch-restarted': {
    status: 0,
    q850: 41,
    log: 'warn',
    mango: 1100,
    en: 'The switch was killed or lost power during the call',
    ru: 'Станция была аварийно остановлена во время вызова',
  },
  'plan-ended': {
    status: 0,
    q850: 16,
    log: 'info',
    mango: 1120,
    en: 'The rules ended the call, as they say',
    ru: 'Звонок завершён по правилам станции',
  },
  'caller-cancelled': {
    status: 487,
    q850: 16,
    log: 'info',
    mango: 1110,
    en: 'The caller gave up',
    ru: 'Вызывающий не дождался ответа',
  },
  'callee-busy': { status: 486, q850: 17, log: 'info', mango: 1121, en: 'Busy', ru: 'Занято' },
  'callee-declined': { status: 603, q850: 21, log: 'info', mango: 1122, en: 'Declined', ru: 'Вызов отклонён' },
  'no-answer': { status: 480, q850: 19, log: 'info', mango: 1111, en: 'No answer', ru: 'Нет ответа' },
  unreachable: {
    status: 480,
    q850: 20,
    log: 'info',
    mango: 1131,
    en: 'No phone of the called party can be reached',
    ru: 'Нет доступных телефонов абонента',
  },
  'do-not-disturb': {
    status: 486,
    q850: 17,
    log: 'info',
    mango: 1121,
    en: 'The called party does not want to be disturbed',
    ru: 'Абонент включил режим «Не беспокоить»',
    told: 'Busy',
  },
  'no-channel': {
    status: 486,
    q850: 17,
    log: 'info',
    mango: 1121,
    en: 'As many calls as the number or the trunk takes at once are up',
    ru: 'Все каналы номера или транка заняты',
    told: 'Busy',
  },
  'caller-blocked': {
    status: 486,
    q850: 17,
    log: 'info',
    mango: 1130,
    en: 'The number does not take calls of this caller',
    ru: 'Номер не принимает вызовы этого абонента',
    told: 'Busy',
  },
  congestion: {
    status: 503,
    q850: 42,
    log: 'info',
    mango: 1100,
    en: 'No room for the call',
    ru: 'Нет ресурсов для вызова',
  },
  'trunk-failed': {
    status: 503,
    q850: 38,
    log: 'warn',
    mango: 1100,
    en: 'No trunk took the call',
    ru: 'Ни один транк не принял вызов',
  },
  'trunk-refused': {
    status: 403,
    q850: 21,
    log: 'warn',
    mango: 1100,
    en: 'The operator refused the call',
    ru: 'Оператор связи отклонил вызов',
  },
  'limit-not-saved': {
    status: 503,
    q850: 41,
    log: 'error',
    mango: 1100,
    en: 'What the call may use of its limits could not be written down',
    ru: 'Не удалось записать расход лимита вызова',
    told: 'Temporary failure',
  },
  'limit-reached': {
    status: 403,
    q850: 21,
    log: 'warn',
    mango: 1130,
    en: 'A limit on calls outside is reached',
    ru: 'Достигнут предел исходящих вызовов',
  },
  'not-found': { status: 404, q850: 1, log: 'info', mango: 1133, en: 'No such number', ru: 'Номер не существует' },
  'not-served': {
    status: 404,
    q850: 3,
    log: 'info',
    mango: 1132,
    en: 'This kind of destination is not served yet',
    ru: 'Такие направления пока не обслуживаются',
  },
  'account-limit': {
    status: 486,
    q850: 17,
    log: 'info',
    mango: 1130,
    en: 'The calling account is in as many calls as it may',
    ru: 'Достигнут предел числа вызовов вызывающего',
  },
  'wrong-pin': {
    status: 403,
    q850: 21,
    log: 'info',
    mango: 1130,
    en: 'The PIN was wrong too often, or not given',
    ru: 'Не введён верный PIN-код',
  },
  'conference-full': {
    status: 486,
    q850: 17,
    log: 'info',
    mango: 1121,
    en: 'The conference has no free seat',
    ru: 'В конференции нет свободных мест',
  },
  forbidden: { status: 403, q850: 21, log: 'info', mango: 1130, en: 'Not allowed', ru: 'Запрещено' },
  'no-common-codec': {
    status: 488,
    q850: 88,
    log: 'info',
    mango: 1100,
    en: 'No codec in common',
    ru: 'Нет общего кодека',
  },
  'offer-refused': {
    status: 488,
    q850: 65,
    log: 'info',
    mango: 1100,
    en: 'The session description cannot be served',
    ru: 'Описание сессии не может быть обслужено',
  },
  'srtp-off': {
    status: 488,
    q850: 65,
    log: 'info',
    mango: 1100,
    en: 'Encrypted sound (SRTP) is switched off for the caller',
    ru: 'Шифрование звука (SRTP) для вызывающего отключено',
  },
  'srtp-required': {
    status: 488,
    q850: 65,
    log: 'info',
    mango: 1100,
    en: 'The caller must encrypt its sound: SRTP is required',
    ru: 'Вызывающий должен шифровать звук: требуется SRTP',
  },
  'tls-only': {
    status: 403,
    q850: 79,
    log: 'info',
    mango: 1130,
    en: 'The call may not leave TLS',
    ru: 'Вызов не может выйти за пределы TLS',
  },
  'srtp-unusable': {
    status: 488,
    q850: 65,
    log: 'info',
    mango: 1100,
    en: 'The caller offers encrypted sound, but no key (SDES) that can be used',
    ru: 'Вызывающий предлагает шифрование, но без пригодного ключа (SDES)',
  },
  'address-incomplete': {
    status: 484,
    q850: 28,
    log: 'info',
    mango: 1133,
    en: 'The number is incomplete',
    ru: 'Номер неполный',
  },
  'too-many-hops': {
    status: 483,
    q850: 25,
    log: 'warn',
    mango: 1134,
    en: 'Too many hops',
    ru: 'Слишком много пересылок',
  },
  loop: {
    status: 482,
    q850: 25,
    log: 'warn',
    mango: 1134,
    en: 'The call came back to the switch that sent it',
    ru: 'Вызов вернулся на станцию',
  },
  'no-media-ports': {
    status: 503,
    q850: 34,
    log: 'error',
    mango: 1100,
    en: 'All media ports are in use',
    ru: 'Все медиапорты заняты',
  },
  'too-many-calls': {
    status: 503,
    q850: 42,
    log: 'error',
    mango: 1100,
    en: 'The switch carries as many calls as it may',
    ru: 'Достигнут предел числа вызовов',
  },
  'internal-error': { status: 500, q850: 41, log: 'error', mango: 1100, en: 'The switch failed', ru: 'Сбой станции' },
} as const satisfies Record<string, Failure>;

export type FailureCode = keyof typeof FAILURES;

/** `Reason` header values for a failure: the Q.850 cause, as operators read it (RFC 3326). */
export function reasonHeader(code: FailureCode): string {
  const { q850, en, told = en }: Failure = FAILURES[code];
  return `Q.850;cause=${q850};text="${told}"`;
}

/** What the losers of a fork are told, so that their phones show no missed call (RFC 3326 §3.1). */
export const COMPLETED_ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere"';
