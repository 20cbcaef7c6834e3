/** An account of the office's PBX file. */
export interface Account {
  readonly extension: string;
  readonly name: string;
  readonly login: string;
  readonly password: string;
  /** What it is challenged with; the switch's own choice when absent. */
  readonly digest?: 'md5' | 'sha256' | 'both';
  readonly srtp?: 'never' | 'optional' | 'required';
}

export const ANNA: Account = { extension: '201', name: 'Anna Petrova', login: 'anna', password: 'Vf5kNm7Z' };
export const BORIS: Account = { extension: '202', name: 'Boris Sidorov', login: 'boris', password: 'Qw8rTy2U' };

export const DOMAIN = 'office.example';

/** Names that a scanner tries. */
export const NAMES = Array.from({ length: 200 }, (_, i) => String(100 + i));
export const STRONG = 'Vf5kNm7ZQw8rTy2U';

/** Accounts of these names, all with the strong password. */
export function users(logins: readonly string[]): Account[] {
  return logins.map((login) => ({ extension: login, name: `User ${login}`, login, password: STRONG }));
}

/** A PBX file for `vats up --apply`: one user an account. JSON is YAML. */
export function pbxFile(options: {
  readonly domain?: string;
  readonly recording?: 'all' | 'none';
  readonly accounts?: readonly Account[];
  /** Who may come; `any` when absent. */
  readonly access?: unknown;
  /** Top-level keys beside these: trunks, numbers, groups, rules. */
  readonly more?: Readonly<Record<string, unknown>>;
}): string {
  const accounts = options.accounts ?? [ANNA, BORIS];
  return JSON.stringify(
    {
      domain: options.domain ?? DOMAIN,
      timezone: 'Europe/Moscow',
      language: 'en',
      access: options.access ?? 'any',
      recording: { mode: options.recording ?? 'none' },
      users: accounts.map(({ extension, name, login, password, digest, srtp }) => ({
        extension,
        name,
        devices: [{ login, password, digest, srtp }],
      })),
      ...options.more,
    },
    undefined,
    2,
  );
}
