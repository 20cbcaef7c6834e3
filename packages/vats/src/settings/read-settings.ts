import { CountryDatabase, GeoDatabaseError } from '@vats/access';
import { atOnce, isIPv6, type Steps } from '@vats/kernel';
import { type Checked, NO_PLACES, type Places, type Problem, readingYaml, sortProblems } from '@vats/pbx';
import { accessProblems } from './access-problems.ts';
import { type Override, overridesOfEnvironment, placesOf, readOverride, SETTING_KEYS } from './overrides.ts';
import { completed, type S3Settings, type Settings, type SmtpSettings } from './settings.ts';
import { type SettingsFile, settingsFile } from './settings-file.ts';
import { type FilesJudged, tlsFileProblems, tlsProblems } from './tls-problems.ts';

export interface SettingsSources {
  /** The settings file, when there is one: its text, and its name for problems. */
  readonly file?: { readonly text: string | Uint8Array; readonly name: string };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: readonly Override[];
  /** Cores of the machine. */
  readonly cores: number;
  /** Where the country table and the certificates that the settings name are looked at too: how one that can't be used is judged. */
  readonly files?: FilesJudged;
}

/** Settings by their order: flag over environment over file over default; every problem of all of them at once. */
export function readSettings(sources: SettingsSources): Checked<Settings> {
  return atOnce(readingSettings(sources));
}

/** `readSettings` in steps, for a switch with calls. */
export function* readingSettings({ file, env, flags, cores, files }: SettingsSources): Steps<Checked<Settings>> {
  const problems: Problem[] = [];
  let said: SettingsFile = {};
  let places: Places = NO_PLACES;
  if (file !== undefined) {
    const read = yield* readingYaml(file.text, file.name, settingsFile);
    if (read.ok) {
      said = read.value.value;
      places = read.value;
      problems.push(...read.warnings, ...notServed(read.value.value, read.value));
    } else problems.push(...read.problems);
  }
  const environment = overridesOfEnvironment(env);
  problems.push(...environment.warnings);
  const givenBy = new Map<string, Places>();
  for (const override of [...environment.overrides, ...flags]) {
    const read = readOverride(override);
    problems.push(...read.problems);
    if (read.value === undefined) continue;
    said = overlaid(said, read.value);
    givenBy.set(override.key, placesOf(override));
  }
  const settings = completed(said, cores);
  const placesFor = (key: string): Places => givenBy.get(key) ?? places;
  problems.push(
    ...contradictions(settings, placesFor),
    ...accessProblems(said.access ?? {}, settings, placesFor),
    ...tlsProblems(settings, placesFor),
  );
  if (files !== undefined) {
    problems.push(
      ...databaseProblems(settings, files.severity, placesFor),
      ...tlsFileProblems(settings, files, placesFor),
    );
  }
  const sorted = sortProblems(problems);
  if (sorted.some(({ severity }) => severity === 'error')) return { ok: false, problems: sorted };
  return { ok: true, value: settings, warnings: sorted };
}

/**
 * Checks a settings file by itself, as `vats check` does: maybe in another directory, or on another machine, than it is for.
 *
 * @param now wall time, milliseconds since the epoch
 */
export function checkSettings(text: string | Uint8Array, name: string, now: number): Checked<Settings> {
  return readSettings({ file: { text, name }, env: {}, flags: [], cores: 1, files: { severity: 'warning', now } });
}

/** `over` on top of `under`, key by key; a list or mapping of values replaces the one below it. */
function overlaid<T>(under: T, over: T): T {
  if (!isSection(under) || !isSection(over)) return over;
  const result: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = result[key];
    result[key] = SECTIONS.has(key) && below !== undefined ? overlaid(below, value) : value;
  }
  return result as T;
}

/** The keys that hold further settings; other mappings (proxies, overrides) are values. */
const SECTIONS = new Set(SETTING_KEYS.flatMap((key) => key.split('.').slice(0, -1)));

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Settings that are good one by one and can't hold together. */
function contradictions(settings: Settings, placesFor: (key: string) => Places): Problem[] {
  const problems: Problem[] = [];
  const { listen, local } = settings.sip;
  const { ports, addresses } = settings.media;
  const seen = new Set<string>();
  for (const [index, { transport, endpoint }] of listen.entries()) {
    const path = ['sip', 'listen', index];
    const text = `${transport} ${endpoint.address} ${endpoint.port}`;
    if (endpoint.port !== 0 && seen.has(text)) {
      problems.push(placesFor('sip.listen').problem(path, 'this address is listened on already', 'name each once'));
    }
    seen.add(text);
    if (transport === 'udp' && endpoint.port >= ports.from && endpoint.port <= ports.to) {
      const remedy = `take a port outside ${ports.from}-${ports.to}, or change media.ports`;
      problems.push(placesFor('sip.listen').problem(path, `port ${endpoint.port} lies among the media ports`, remedy));
    }
  }
  problems.push(...storageProblems(settings.recordings.storage?.s3, placesFor));
  problems.push(...smtpProblems(settings.smtp, placesFor));
  const [first, second] = addresses;
  if (first !== undefined && second !== undefined && isIPv6(first) === isIPv6(second)) {
    const remedy = 'write one IPv4 and one IPv6 address';
    problems.push(placesFor('media.address').problem(['media', 'address'], 'two addresses of one family', remedy));
  }
  if (settings.sip.advertise === undefined && settings.media.advertise === undefined) return problems;
  if (local.length === 0) {
    const remedy = 'add the networks of the office, or remove the key for the usual private ones';
    problems.push(
      placesFor('sip.local').problem(
        ['sip', 'local'],
        'nobody is local, so phones here are told the advertised address',
        remedy,
        { severity: 'warning' },
      ),
    );
  }
  return problems;
}

function storageProblems(s3: S3Settings | undefined, placesFor: (key: string) => Places): Problem[] {
  if (s3 === undefined) return [];
  const problems: Problem[] = [];
  const path = ['recordings', 'storage', 's3'];
  for (const key of ['endpoint', 'bucket'] as const) {
    if (s3[key] !== '') continue;
    const remedy = key === 'endpoint' ? 'write endpoint: https://HOST' : 'write bucket: NAME, of one that is there';
    problems.push(placesFor(`recordings.storage.s3.${key}`).problem(path, `the ${key} is missing`, remedy));
  }
  if (s3.endpoint.startsWith('http:') && !/^http:\/\/(127\.|localhost|\[::1\])/.test(s3.endpoint)) {
    const remedy = 'write https://, or encrypt recordings (recording.encrypt)';
    problems.push(
      placesFor('recordings.storage.s3.endpoint').problem(
        [...path, 'endpoint'],
        'recordings go there in the clear',
        remedy,
        { severity: 'warning' },
      ),
    );
  }
  return problems;
}

function smtpProblems(smtp: SmtpSettings | undefined, placesFor: (key: string) => Places): Problem[] {
  if (smtp === undefined) return [];
  const problems: Problem[] = [];
  const say = (key: 'host' | 'from' | 'password' | 'tls', message: string, remedy: string, isWarning = false): void => {
    const severity = isWarning ? ({ severity: 'warning' } as const) : {};
    const path = isWarning ? ['smtp', key] : ['smtp'];
    problems.push(placesFor(`smtp.${key}`).problem(path, message, remedy, severity));
  };
  if (smtp.host === '') say('host', 'the host is missing', 'write host: smtp.example.com');
  if (smtp.from === '') say('from', 'nobody is named as sender', 'write from: pbx@example.com');
  if ((smtp.user === undefined) !== (smtp.password === undefined))
    say('password', 'user and password go together', 'write both, or neither');
  if (smtp.tls === 'off' && !/^(127\.|localhost$|::1$)/.test(smtp.host))
    say('tls', 'mail goes there in the clear', 'write tls: starttls', true);
  return problems;
}

function databaseProblems(
  { access }: Settings,
  severity: Problem['severity'],
  placesFor: (key: string) => Places,
): Problem[] {
  const { database } = access.geo;
  if (database === 'builtin') return [];
  try {
    CountryDatabase.open(database);
    return [];
  } catch (error) {
    if (!(error instanceof GeoDatabaseError)) throw error;
    const [message = '', remedy] = error.message.split('; ', 2);
    const path = ['access', 'geo', 'database'];
    return [placesFor('access.geo.database').problem(path, message, remedy, { severity })];
  }
}

/** What this version takes and does not do yet. */
function notServed(file: SettingsFile, places: Places): Problem[] {
  const warnings: Problem[] = [];
  const warn = (key: string, effect: string): void => {
    const message = `section ${key} is valid but not served yet`;
    warnings.push(places.problem([key], message, effect, { severity: 'warning', pointing: 'key' }));
  };
  if (file.http !== undefined && file.http.listen !== 'off') warn('http', 'until then nothing listens there');
  return warnings;
}
