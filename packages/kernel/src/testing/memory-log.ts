import type { Log, LogFields, LogLevel } from '../log.ts';

export interface LogLine {
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: LogFields;
}

/** Keeps every line, children's too, for a test to look at. */
export class MemoryLog implements Log {
  readonly lines: LogLine[];
  readonly #bound: LogFields;

  constructor(lines: LogLine[] = [], bound: LogFields = {}) {
    this.lines = lines;
    this.#bound = bound;
  }

  /** The events written, in order. */
  get events(): string[] {
    return this.lines.map((line) => line.event);
  }

  trace(event: string, fields?: LogFields): void {
    this.#keep('trace', event, fields);
  }
  debug(event: string, fields?: LogFields): void {
    this.#keep('debug', event, fields);
  }
  info(event: string, fields?: LogFields): void {
    this.#keep('info', event, fields);
  }
  warn(event: string, fields?: LogFields): void {
    this.#keep('warn', event, fields);
  }
  error(event: string, fields?: LogFields): void {
    this.#keep('error', event, fields);
  }
  writes(): boolean {
    return true;
  }
  child(fields: LogFields): Log {
    return new MemoryLog(this.lines, { ...this.#bound, ...fields });
  }

  #keep(level: LogLevel, event: string, fields: LogFields = {}): void {
    this.lines.push({ level, event, fields: { ...this.#bound, ...fields } });
  }
}
