import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Endpoint } from '@vats/kernel';
import { Child, run } from './child.ts';
import { eventually } from './deadline.ts';
import { freePorts, udpBound } from './ports.ts';
import type { Scene } from './scene.ts';

/** Our own scenarios, in `scenarios/`. */
export type Scenario =
  | 'register'
  | 'options'
  | 'caller'
  | 'caller-sound'
  | 'callee'
  | 'outside-caller'
  | 'outside-caller-waits'
  | 'prack-caller'
  | 'prack-callee'
  | 'update-caller'
  | 'update-callee'
  | 'timer-caller'
  | 'timer-callee'
  | 'timer-forgetful';

/** SIPp's own (`sipp -sd NAME` prints them). */
export type OwnScenario = 'uac' | 'uas' | 'uac_pcap' | 'branchc' | 'branchs';

/** Those that begin calls; the others wait for them. */
const CALLING = new Set<string>([
  'register',
  'options',
  'caller',
  'caller-sound',
  'outside-caller',
  'uac',
  'uac_pcap',
  'branchc',
  'outside-caller-waits',
  'prack-caller',
  'update-caller',
  'timer-caller',
]);

export interface SippUser {
  readonly login: string;
  readonly password: string;
}

export interface SippOptions {
  readonly scenario:
    | Scenario
    | { readonly own: OwnScenario /** What is run in its place. */; readonly edited?: string };
  /** Where its requests go (a callee has none, but SIPp wants one all the same). */
  readonly target: Endpoint;
  readonly local: Endpoint;
  readonly transport?: 'udp' | 'tcp';
  /** Users in turn, one a call. */
  readonly users?: readonly SippUser[];
  /** Numbers in turn, one a call, that a caller shows where it has no account. */
  readonly numbers?: readonly string[];
  /** Calls at once; as many as come when absent. */
  readonly atOnce?: number;
  /** Whom a caller dials. */
  readonly dials?: string;
  /** How many calls (or registrations); a callee goes on until it is stopped. */
  readonly calls?: number;
  /** New calls a second. */
  readonly rate?: number;
  /** How long a caller stays in the call, in milliseconds. */
  readonly hold?: number;
  /** Percent of messages that are lost on the way out and on the way in. */
  readonly lost?: number;
  /** Seconds that a registration is asked to last. */
  readonly expires?: number;
  /** What a callee hears goes back. */
  readonly echo?: boolean;
  readonly mediaPort?: number;
  /** Seconds after which SIPp gives up as a whole. */
  readonly patience?: number;
  /** CPU core to keep to, for benches. */
  readonly core?: number;
}

/** Sums of a run as SIPp counts them. */
export interface SippResult {
  /** Its exit code; undefined while it runs. 0: every call went well; 99: there was none. */
  readonly code: number | null | undefined;
  readonly created: number;
  readonly successful: number;
  readonly failed: number;
  /** Messages that did not fit the scenario. */
  readonly unexpected: number;
  /** Messages for no call, or for one that is over. */
  readonly stray: number;
  readonly retransmissions: number;
  /** Every non-zero counter of failures by SIPp's name, for a person. */
  readonly failures: Readonly<Record<string, number>>;
  /** Milliseconds from first INVITE (or REGISTER) to its challenge, from the second to its 200, mean. */
  readonly challenged: number | undefined;
  readonly answered: number | undefined;
  /** Seconds that the run took. */
  readonly seconds: number;
  /** First lines of SIPp's error log. */
  readonly errors: readonly string[];
}

let runs = 0;

/** One SIPp process with one of our scenarios. */
export class Sipp {
  readonly local: Endpoint;
  readonly mediaPort: number;
  readonly #child: Child;
  readonly #files: Files;

  static async start(scene: Scene, options: SippOptions): Promise<Sipp> {
    const { scenario } = options;
    const kind = typeof scenario === 'string' ? scenario : scenario.own;
    const name = `sipp-${kind}-${++runs}`;
    const mediaPort = options.mediaPort ?? (await freePorts(4, options.local.address));
    const files = {
      statistics: scene.path(`${name}.csv`),
      errors: scene.path(`${name}-errors.txt`),
      log: scene.path(`${name}-said.txt`),
    };
    const values = scene.path(`${name}-values.csv`);
    const rows = options.numbers ?? options.users?.map(userRow);
    if (rows) writeFileSync(values, `SEQUENTIAL\n${rows.join('\n')}\n`);
    const edited = typeof scenario === 'string' ? undefined : scenario.edited;
    const file =
      edited === undefined
        ? fileURLToPath(new URL(`../scenarios/${kind}.xml`, import.meta.url))
        : scene.path(`${name}.xml`);
    if (edited !== undefined) writeFileSync(file, edited);
    const sipp = [
      'sipp',
      `${options.target.address}:${options.target.port}`,
      ...(typeof scenario === 'string' || edited !== undefined ? ['-sf', file] : ['-sn', kind]),
      ...['-i', options.local.address, '-p', options.local.port, '-t', options.transport === 'tcp' ? 't1' : 'u1'],
      ...['-mi', options.local.address, '-mp', mediaPort],
      ...['-key', 'expires', options.expires ?? 3600],
      ...['-trace_stat', '-stf', files.statistics, '-fd', '1', '-trace_err', '-error_file', files.errors],
      ...['-trace_logs', '-log_file', files.log],
      ...[
        '-nostdin',
        '-buff_size',
        4_000_000,
        '-l',
        options.atOnce ?? 15_000,
        '-timeout',
        `${options.patience ?? 600}s`,
      ],
      // Answers keep-alive OPTIONS and NOTIFY; a call that goes wrong ends with BYE or CANCEL, as a phone would end it.
      '-aa',
      ...(rows ? ['-inf', values] : []),
      ...(options.dials === undefined ? [] : ['-s', options.dials]),
      ...(options.calls === undefined ? [] : ['-m', options.calls]),
      ...(options.rate === undefined ? [] : ['-r', options.rate]),
      ...(options.hold === undefined ? [] : ['-d', options.hold]),
      ...(options.lost === undefined ? [] : ['-lost', options.lost]),
      ...(options.echo ? ['-rtp_echo'] : []),
    ];
    const pinned = options.core === undefined ? sipp : ['taskset', '-c', options.core, ...sipp];
    const [command, ...args] = pinned;
    // SIGUSR1 is SIPp's "no new calls, then end".
    const child = await Child.start(scene, String(command), args, { name, goodbye: 'SIGUSR1', patience: 8_000 });
    const process = new Sipp(options.local, mediaPort, child, files);
    if (!CALLING.has(kind)) {
      await eventually(`SIPp on ${options.local.port}`, () => udpBound(options.local.port));
    }
    return process;
  }

  private constructor(local: Endpoint, mediaPort: number, child: Child, files: Files) {
    this.local = local;
    this.mediaPort = mediaPort;
    this.#child = child;
    this.#files = files;
  }

  /** Waits until all its calls are over. */
  async finished(milliseconds: number): Promise<SippResult> {
    await this.#child.finished(milliseconds);
    return this.result();
  }

  async stop(): Promise<SippResult> {
    await this.#child.stop();
    return this.result();
  }

  /** Calls that a callee was rung for, in order: whom the Request-URI names, and who calls. */
  rung(): readonly { readonly user: string; readonly caller: string }[] {
    const { log } = this.#files;
    if (!existsSync(log)) return [];
    return Array.from(readFileSync(log, 'utf8').matchAll(/^rung: (\S*) by (\S*)$/gm), ([, user = '', caller = '']) => ({
      user,
      caller,
    }));
  }

  /** The lines that its scenario has logged so far. */
  said(): readonly string[] {
    const { log } = this.#files;
    return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  }

  /** What the statistics say so far; SIPp writes them once a second and at its end. */
  result(): SippResult {
    const { statistics, errors: errorLog } = this.#files;
    if (!existsSync(statistics)) {
      throw new Error(
        `SIPp did not run: ${this.#child.output
          .filter((line) => line !== '')
          .slice(-2)
          .join(' | ')}`,
      );
    }
    const rows = readFileSync(statistics, 'utf8').trim().split('\n');
    const names = (rows[0] ?? '').split(';');
    const last = (rows.at(-1) ?? '').split(';');
    const column = (name: string) => last[names.indexOf(name)];
    const count = (name: string) => Number(column(name) ?? 0);
    const failures = Object.fromEntries(
      names
        .filter((name) => /^(Failed(?!Call\().*|FatalErrors)\(C\)$/.test(name))
        .map((name) => [name.replace('(C)', ''), count(name)] as const)
        .filter(([, number]) => number > 0),
    );
    const errors = existsSync(errorLog) ? readFileSync(errorLog, 'utf8').split('\n').slice(0, 40) : [];
    return {
      code: this.#child.exit?.code,
      created: count('TotalCallCreated'),
      successful: count('SuccessfulCall(C)'),
      failed: count('FailedCall(C)'),
      unexpected: count('FailedUnexpectedMessage(C)'),
      stray: count('OutOfCallMsgs(C)') + count('DeadCallMsgs(C)'),
      retransmissions: count('Retransmissions(C)'),
      failures,
      challenged: milliseconds(column('ResponseTime1(C)')),
      answered: milliseconds(column('ResponseTime2(C)')),
      seconds: (milliseconds(column('ElapsedTime(C)')) ?? 0) / 1000,
      errors,
    };
  }
}

/** SIPp's own form of injected values; the credentials are computed by SIPp from the challenge. */
function userRow({ login, password }: SippUser): string {
  return `${login};[authentication username=${login} password=${password}]`;
}

interface Files {
  readonly statistics: string;
  readonly errors: string;
  readonly log: string;
}

/** '00:00:01' or '00:00:01:250000' (the last part in microseconds) as milliseconds. */
function milliseconds(text: string | undefined): number | undefined {
  const [h, m, s, us = 0, ...rest] = (text ?? '').split(':').map(Number);
  if (h === undefined || m === undefined || s === undefined || rest.length > 0) return undefined;
  return (h * 3600 + m * 60 + s) * 1000 + us / 1000;
}

/** The text of one of SIPp's own scenarios. */
export async function ownScenario(name: OwnScenario): Promise<string> {
  // SIPp ends with 99: it made no call.
  const { stdout } = await run('sipp', ['-sd', name]);
  if (!stdout.includes('<scenario')) throw new Error(`SIPp has no scenario ${name}`);
  return stdout;
}

/** Registers `users` from `local`, one after the other; throws when one is refused. */
export async function sippRegister(
  scene: Scene,
  options: Omit<SippOptions, 'scenario' | 'calls'> & { readonly users: readonly SippUser[] },
): Promise<SippResult> {
  const calls = options.users.length;
  const rate = options.rate ?? Math.min(calls, 500);
  const sipp = await Sipp.start(scene, { ...options, scenario: 'register', calls, rate });
  const result = await sipp.finished((calls / rate) * 1000 + 40_000);
  if (result.successful !== calls) {
    throw new Error(`${result.failed} of ${calls} registrations failed: ${JSON.stringify(result)}`);
  }
  return result;
}
