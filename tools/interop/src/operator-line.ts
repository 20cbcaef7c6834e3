import type { Endpoint } from '@vats/kernel';
import { ANNA, pbxFile } from './office.ts';

/** The number that the operator gave us; our account there has the same name. */
export const NUMBER = '+74951234567';
export const LOGIN = '74951234567';

/** An office with one number at an operator: Anna's phone rings, and calls outside go by it. */
export function officeAt(operator: Endpoint, password: string, domain = 'sip.itsp.example'): string {
  return pbxFile({
    accounts: [ANNA],
    more: {
      trunks: [
        {
          name: 'itsp',
          proxy: `sip:${operator.address}:${operator.port}`,
          domain,
          register: { login: LOGIN, password, expires: '180s' },
          allow: [operator.address],
          codecs: ['PCMA', 'PCMU'],
          numbers: { send: '7', from: ['request-uri', 'to'] },
        },
      ],
      numbers: [{ number: NUMBER, trunk: 'itsp', to: ANNA.extension }],
      outbound: [{ match: '+7*', trunk: 'itsp', callerId: NUMBER }],
    },
  });
}
