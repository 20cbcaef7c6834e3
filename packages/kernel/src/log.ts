export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** Plain data beside a log line; never a secret, never a whole message above `trace`. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Where events worth a line go. `event` is a fixed name in dotted form ('call.answered'), so that lines can be counted;
 * everything that varies is in `fields`.
 */
export interface Log {
  trace(event: string, fields?: LogFields): void;
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** False when lines of this level are dropped: then their fields need not be gathered. */
  writes(level: LogLevel): boolean;
  /** A log whose every line carries `fields` too. */
  child(fields: LogFields): Log;
}

/** Drops everything. */
export const SILENT: Log = {
  trace: () => {},
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  writes: () => false,
  child: () => SILENT,
};
