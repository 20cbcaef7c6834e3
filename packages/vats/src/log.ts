import type { Log, LogFields, LogLevel } from '@vats/kernel';
import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

/** Names of fields whose values never reach a log, however deep they sit in what is logged. */
const SECRET_FIELDS = [
  'password',
  'ha1',
  'md5',
  'sha256',
  'authorization',
  'proxyAuthorization',
  'secret',
  'key',
  'nonce',
];
const MASKED = '[masked]';

export interface LogSettings {
  readonly level: LogLevel;
  /** auto: readable on a terminal, JSON elsewhere. */
  readonly format: 'auto' | 'json' | 'pretty';
}

/** A log whose level can be changed while the switch runs. */
export interface SwitchLog extends Log {
  setLevel(level: LogLevel): void;
}

/** The switch's log on standard output: one line per event, JSON or readable, secrets masked (pino). */
export function openLog(settings: LogSettings, out: NodeJS.WriteStream = process.stdout): SwitchLog {
  const readable = settings.format === 'pretty' || (settings.format === 'auto' && out.isTTY === true);
  const options = {
    level: settings.level,
    base: null,
    messageKey: 'event',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      censor: MASKED,
    },
  };
  const stream = readable
    ? pretty({
        destination: out,
        colorize: out.isTTY === true && !process.env.NO_COLOR,
        messageKey: 'event',
        sync: true,
      })
    : out;
  const root = pino(options, stream);
  return Object.assign(wrap(root), {
    setLevel: (level: LogLevel) => {
      root.level = level;
    },
  });
}

function wrap(logger: Logger): Log {
  const line =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}): void => {
      logger[level](fields, event);
    };
  return {
    trace: line('trace'),
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    child: (fields) => {
      const child = logger.child(fields);
      // A child made before the level changes follows its parent.
      Object.defineProperty(child, 'level', { get: () => logger.level });
      return wrap(child);
    },
  };
}
