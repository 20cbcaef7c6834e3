import { setTimeout as wait } from 'node:timers/promises';
import type { Endpoint } from '@vats/kernel';
import type { Baresip } from './baresip.ts';
import { expectTone } from './judge.ts';
import { ANNA, pbxFile } from './office.ts';
import type { Switch } from './switch.ts';
import { call } from './two-phones.ts';

/** The number that the operator gave us; our account there has the same name. */
export const NUMBER = '+74951234567';
export const LOGIN = '74951234567';
/** Somebody whose phone is registered at the operator too; the login is their number. */
export const SUBSCRIBER = { login: '79161112233', password: 'Hd7gKs2V' } as const;

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
          numbers: { send: '7', from: ['request-uri', 'to', 'p-called-party-id'] },
        },
      ],
      numbers: [{ number: NUMBER, trunk: 'itsp', to: ANNA.extension }],
      outbound: [{ match: '+7*', trunk: 'itsp', callerId: NUMBER }],
    },
  });
}

/** One calls, both talk for a while, the caller hangs up: each heard the other. */
export async function talkAndJudge(vats: Switch, caller: Baresip, callee: Baresip, number: string): Promise<void> {
  await call(caller, callee, number);
  await wait(2_500);
  await caller.hangUp();
  await Promise.all([caller.event('CALL_CLOSED'), callee.event('CALL_CLOSED')]);
  await vats.idle();
  await expectTone(caller.heard().at(-1) as string, callee.tone, { from: 0.5, length: 1.5 });
  await expectTone(callee.heard().at(-1) as string, caller.tone, { from: 0.5, length: 1.5 });
}
