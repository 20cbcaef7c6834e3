import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { atOnce, inTurns, type Steps, SystemRandom } from '@vats/kernel';
import { checkPbx, formatProblem, type PromptNames } from '@vats/pbx';
import { changed } from '../control/changed.ts';
import { ControlError, ControlServer } from '../control/control-server.ts';
import { switchRoutes } from '../control/switch-routes.ts';
import { createSwitch, type Switch } from '../create-switch.ts';
import { makeDemoDomain } from '../first-start.ts';
import { openLog, type SwitchLog } from '../log.ts';
import { oneAfterAnother } from '../one-after-another.ts';
import { promptNames } from '../prompts/prompt-files.ts';
import { fullCollection, RestCollection } from '../rest-collection.ts';
import {
  keysNeedingRestart,
  type Override,
  readingSettings,
  type SettingKey,
  type Settings,
} from '../settings/index.ts';
import { StartFailure } from '../start-failure.ts';
import { VERSION } from '../version.ts';
import { banner } from './banner.ts';
import { configurationFailure, EXIT } from './exit-codes.ts';
import { readText } from './read-text.ts';
import { StopSignals } from './stop-signals.ts';

export interface UpOptions {
  readonly config?: string;
  readonly apply: readonly string[];
  readonly flags: readonly Override[];
  /** Where banner and warnings go. */
  readonly err: (text: string) => void;
}

/** What the PBX files changed, as `vats apply` tells it; of a file that is as it was applied last, nothing. */
type AppliedFiles = Pick<ReturnType<typeof changed>, 'changes' | 'warnings'>;

/** What came of reading the files again, and the changed keys that only a start takes. */
type Reloaded =
  | ({ readonly reloaded: true; readonly needsRestart: readonly SettingKey[] } & AppliedFiles)
  | { readonly reloaded: false; readonly error: string };

/** How long calls may go on after SIGTERM before they are hung up. */
const DRAIN_LIMIT_MS = 30_000;

/** `vats up`: runs the switch until a signal ends it. Resolves with the exit code. */
export async function up(options: UpOptions): Promise<number> {
  // Whatever the switch makes (database, key, recordings, control socket) is its owner's alone from the first moment.
  process.umask(0o077);
  const signals = new StopSignals();
  const settings = atOnce(loadSettings(options));
  checkFiles(options.apply, settings.data);
  const log = openLog(settings.log);
  const random = new SystemRandom();
  const running = await startSwitch(settings, log, random);
  let control: ControlServer | undefined;
  const rest = new RestCollection({
    clock: running.clock,
    calls: () => running.calls.size,
    messages: () => running.transport.counters.received + running.transport.counters.refused,
    collect: fullCollection(),
  });
  try {
    // The first domain is the operator's if a file was given, else the demo.
    await applyFiles(running, options);
    const made = options.apply.length === 0 ? await makeDemoDomain(running.model, random, settings.data) : undefined;
    // Files are read in many turns: of two reloads at once the older files could be put in force last.
    const reload = oneAfterAnother(() => reloadAll(options, running, log));
    control = await ControlServer.open(settings.data, switchRoutes(running, random, reload), log);
    const ended = drainOn(signals, running, log);
    process.on('SIGHUP', () => void reload());
    options.err(banner(running, made, VERSION));
    log.info('switch.ready', {
      version: VERSION,
      pid: process.pid,
      listeners: running.listeners.map(
        ({ transport, endpoint }) => `${transport}://${endpoint.address}:${endpoint.port}`,
      ),
    });
    await ended;
    return EXIT.good;
  } catch (error) {
    if (error instanceof ControlError) throw configurationFailure(error.message);
    throw error;
  } finally {
    rest.close();
    await control?.close();
    await running.close();
    log.info('switch.stopped');
  }
}

function* loadSettings({ config, flags, err }: UpOptions): Steps<Settings> {
  const file = config === undefined ? undefined : { name: config, text: readText(config) };
  const read = yield* readingSettings({
    env: process.env,
    flags,
    cores: availableParallelism(),
    files: { severity: 'error', now: Date.now() },
    ...(file === undefined ? {} : { file }),
  });
  if (!read.ok) throw configurationFailure(read.problems.map(formatProblem).join('\n'));
  for (const warning of read.warnings) err(`${formatProblem(warning)}\n`);
  return read.value;
}

async function startSwitch(settings: Settings, log: SwitchLog, random: SystemRandom): Promise<Switch> {
  try {
    return await createSwitch(settings, { log, random });
  } catch (error) {
    if (error instanceof StartFailure) throw configurationFailure(error.message);
    throw error;
  }
}

/** A broken PBX file stops the start before anything is made or opened. */
function checkFiles(files: readonly string[], data: string): void {
  // Accounts of earlier days may break rules of today: whether they are such, only the store knows, which is asked later.
  const judgeAccounts = !existsSync(data);
  for (const name of files) {
    const prompts: PromptNames = (language) => promptNames(data, language);
    const checked = checkPbx(readText(name), name, { judgeAccounts, prompts });
    if (!checked.ok) throw configurationFailure(checked.problems.map(formatProblem).join('\n'));
  }
}

/** Applies the files that changed since they were applied last, or only tries it. @throws CliFailure for a broken one */
async function applyFiles(running: Switch, { apply, err }: UpOptions, dryRun?: 'dry-run'): Promise<AppliedFiles> {
  const told: ReturnType<typeof changed>[] = [];
  for (const name of apply) {
    const change = await running.model.applyFile({
      path: resolve(name),
      name,
      text: readText(name),
      onlyIfChanged: true,
      dryRun: dryRun !== undefined,
    });
    if (!change.ok) throw configurationFailure(change.problems.map(formatProblem).join('\n'));
    if (dryRun !== undefined) continue;
    for (const warning of change.warnings) err(`${formatProblem(warning)}\n`);
    told.push(changed(change));
  }
  return {
    changes: told.flatMap(({ changes }) => changes),
    warnings: told.flatMap(({ warnings }) => warnings),
  };
}

/**
 * SIGHUP: what can change while calls run: the log level, certificates, who may come (`access` but for its
 * proxies), and the PBX files. What else
 * was changed in the settings is told, and waits for a restart. Anything wrong leaves all as it was.
 */
async function reloadAll(options: UpOptions, running: Switch, log: SwitchLog): Promise<Reloaded> {
  try {
    const settings = await inTurns(loadSettings(options));
    // A broken PBX file is found before anything is taken, a broken country table before a PBX file is.
    await applyFiles(running, options, 'dry-run');
    if (settings.sip.tls !== undefined) running.reloadTls(settings.sip.tls);
    running.reloadAccess(settings.access);
    log.setLevel(settings.log.level);
    const applied = await applyFiles(running, options);
    const needsRestart = keysNeedingRestart(running.settings, settings);
    if (needsRestart.length > 0) log.warn('switch.needs-restart', { keys: needsRestart });
    log.info('switch.reloaded', needsRestart.length === 0 ? {} : { needsRestart });
    return { reloaded: true, needsRestart, ...applied };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    log.error('switch.not-reloaded', { error: message });
    return { reloaded: false, error: message };
  }
}

/** Resolves when a first signal has let the calls end; a second one hangs them up at once. */
async function drainOn(signals: StopSignals, running: Switch, log: SwitchLog): Promise<void> {
  const first = await signals.next();
  log.info('switch.draining', { signal: first, calls: running.calls.size, limitMs: DRAIN_LIMIT_MS });
  const drained = running.drain(DRAIN_LIMIT_MS);
  void signals.next().then((signal) => {
    log.info('switch.stopping', { signal, calls: running.calls.size });
    running.calls.hangUpAll('switch-stopped');
  });
  await drained;
}
