import type { Command, Report, WorkerSettings } from './messages.ts';

/** A media thread as the plane sees it. */
export interface WorkerLink {
  post(commands: readonly Command[]): void;
  /** Resolves when the thread is gone; asked to `stop` before, it goes by itself. */
  readonly gone: Promise<void>;
  terminate(): void;
}

/** Starts a thread; `died` is called when it ends without having been asked to. */
export type SpawnWorker = (
  settings: WorkerSettings,
  user: { reports(reports: readonly Report[]): void; died(detail: string): void },
) => WorkerLink;
