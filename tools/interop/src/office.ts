/** An account of the office's PBX file. */
export interface Account {
  readonly extension: string;
  readonly name: string;
  readonly login: string;
  readonly password: string;
  /** What it is challenged with; the switch's own choice when absent. */
  readonly digest?: 'md5' | 'sha256' | 'both';
}

export const ANNA: Account = { extension: '201', name: 'Anna Petrova', login: 'anna', password: 'Vf5kNm7Z' };
export const BORIS: Account = { extension: '202', name: 'Boris Sidorov', login: 'boris', password: 'Qw8rTy2U' };

/** A PBX file for `vats up --apply`: one user an account. JSON is YAML. */
export function pbxFile(options: {
  readonly domain?: string;
  readonly recording?: 'all' | 'none';
  readonly accounts?: readonly Account[];
  /** Who may come; `any` when absent. */
  readonly access?: unknown;
}): string {
  const accounts = options.accounts ?? [ANNA, BORIS];
  return JSON.stringify(
    {
      domain: options.domain ?? 'office.example',
      timezone: 'Europe/Moscow',
      language: 'en',
      access: options.access ?? 'any',
      recording: { mode: options.recording ?? 'none' },
      users: accounts.map(({ extension, name, login, password, digest }) => ({
        extension,
        name,
        devices: [{ login, password, digest }],
      })),
    },
    undefined,
    2,
  );
}
