export type Did = 'request-uri' | 'to' | 'contact';

/** The account of the PBX, and its two numbers: the second one is a phone's. */
export const PBX = { extension: '210', login: 'user11', password: 'Vf5kNm7Z', tone: 500 };
export const NUMBER = '+74951234567';
export const OTHER_NUMBER = '+74951234568';
export const ANNA = { extension: '201', login: 'anna', password: 'Vf5kNm7Z' };
export const BORIS = { extension: '202', login: 'boris', password: 'Qw8rTy2U' };
export const GROUP = '600';

/**
 * A domain with the accounts of the PBX and of a phone, and a number of ten channels that leads to the PBX. JSON is YAML.
 *
 * @param options.second a phone that rings in turn with the PBX when GROUP is called
 */
export function pbxFileFor(
  options: { readonly did?: Did; readonly password?: string; readonly second?: typeof BORIS } = {},
): string {
  const { did, password = PBX.password, second } = options;
  return JSON.stringify({
    domain: 'acme.example',
    timezone: 'Europe/Moscow',
    language: 'en',
    access: 'any',
    recording: { mode: 'none' },
    users: [
      userOf(ANNA, 'Anna Petrova'),
      ...(second === undefined ? [] : [userOf(second, 'Boris Sidorov')]),
      { extension: PBX.extension, name: 'Asterisk', devices: [{ login: PBX.login, password, trunk: true, did }] },
    ],
    numbers: [
      { number: NUMBER, channels: 10, to: PBX.extension },
      { number: OTHER_NUMBER, to: ANNA.extension },
    ],
    ...(second !== undefined && {
      groups: [
        {
          extension: GROUP,
          name: 'PBX, then a phone',
          members: [PBX.extension, second.extension],
          strategy: 'sequential',
          ring: '20s',
        },
      ],
    }),
  });
}

function userOf({ extension, login, password }: typeof ANNA, name: string) {
  return { extension, name, devices: [{ login, password }] };
}
