import type { Log, LogFields, LogLevel } from '@vats/kernel';
import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import { printable, printableLines } from './printable.ts';

/** Names of fields whose values never reach a log: at the top of what is logged, and two levels below it. */
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

/**
 * The switch's log on standard output: one line per event, JSON or readable, secrets masked (pino). Characters that nobody sees are
 * written as \u escapes, in JSON its own, so that what is parsed is what was logged.
 */
export function openLog(settings: LogSettings, out: NodeJS.WriteStream = process.stdout): SwitchLog {
  const readable = settings.format === 'pretty' || (settings.format === 'auto' && out.isTTY === true);
  const options = {
    base: null,
    messageKey: 'event',
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { error: pino.stdSerializers.err },
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      censor: MASKED,
    },
  };
  const form = readable ? readableForm(out.isTTY === true && !process.env.NO_COLOR) : (line: string) => line;
  // What a stranger sent must not steer the terminal that shows the log, now or later from a file.
  const stream = { write: (line: string) => void out.write(printableLines(form(line))) };
  const log = new RootLog(new LineWriter(pino(options, stream)));
  log.setLevel(settings.level);
  return log;
}

/** What makes a line of JSON one for people. Controls of ASCII in values are escaped by it already, those of an event are not. */
function readableForm(colorize: boolean): (line: string) => string {
  const messageFormat = ({ event }: Record<string, unknown>): string => printable(String(event));
  return pretty.prettyFactory({ colorize, messageKey: 'event', messageFormat });
}

const RANK: Readonly<Record<LogLevel, number>> = { trace: 10, debug: 20, info: 30, warn: 40, error: 50 };

/** Makes lines of a root log and all its children, from the level on that is set at that moment. */
class LineWriter {
  readonly #logger: Logger;
  /** Rank of the lowest level that is written; everything until one is set. */
  threshold = RANK.trace;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  setLevel(level: LogLevel): void {
    this.threshold = RANK[level];
    this.#logger.level = level;
  }

  write(level: LogLevel, event: string, always: LogFields | undefined, fields: LogFields | undefined): void {
    this.#logger[level](always === undefined ? (fields ?? {}) : { ...always, ...fields }, event);
  }
}

/**
 * A log whose every line carries some fields. There is one a call, so it is no pino child, which would write its fields
 * down and make functions of its own beforehand, for lines that a call rarely has: they are put together when a line is
 * written, and a line below the level costs a comparison.
 */
class FieldLog implements Log {
  readonly #writer: LineWriter;
  readonly #always: LogFields | undefined;

  constructor(writer: LineWriter, always?: LogFields) {
    this.#writer = writer;
    this.#always = always;
  }

  trace(event: string, fields?: LogFields): void {
    if (RANK.trace >= this.#writer.threshold) this.#writer.write('trace', event, this.#always, fields);
  }

  debug(event: string, fields?: LogFields): void {
    if (RANK.debug >= this.#writer.threshold) this.#writer.write('debug', event, this.#always, fields);
  }

  info(event: string, fields?: LogFields): void {
    if (RANK.info >= this.#writer.threshold) this.#writer.write('info', event, this.#always, fields);
  }

  warn(event: string, fields?: LogFields): void {
    if (RANK.warn >= this.#writer.threshold) this.#writer.write('warn', event, this.#always, fields);
  }

  error(event: string, fields?: LogFields): void {
    if (RANK.error >= this.#writer.threshold) this.#writer.write('error', event, this.#always, fields);
  }

  writes(level: LogLevel): boolean {
    return RANK[level] >= this.#writer.threshold;
  }

  child(fields: LogFields): Log {
    return new FieldLog(this.#writer, this.#always === undefined ? fields : { ...this.#always, ...fields });
  }
}

class RootLog extends FieldLog implements SwitchLog {
  readonly #writer: LineWriter;

  constructor(writer: LineWriter) {
    super(writer);
    this.#writer = writer;
  }

  setLevel(level: LogLevel): void {
    this.#writer.setLevel(level);
  }
}
