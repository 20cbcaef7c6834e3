import { COMPANY, pbxUser } from './company.ts';

export const MOBILE = '+79990000002';
export const NUMBER = '+74957654321';

/** The company, with this said of its first trunk's callers, and calls to its second number sent on to a mobile phone. */
export const companyOf = (identity: string, more = '') => ({
  pbx: COMPANY.replace('channels: 30', `channels: 30\n    identity: { ${identity} }`).replace(
    `{ number: "${NUMBER}", to: "600" }`,
    `{ number: "${NUMBER}", to: "${MOBILE}"${more} }`,
  ),
  users: pbxUser(),
});

export const ASSERTED = ['P-Asserted-Identity', '"Boss" <sip:+78121234567@sip.itsp.example>'] as const;
export const REMOTE = ['Remote-Party-ID', '"Old" <sip:+78127654321@x>;party=calling;screen=yes;privacy=off'] as const;
export const SENT_ON = ['Diversion', '<sip:+78120000001@x>;reason=no-answer;counter=1'] as const;

/** What is believed of a trunk that is trusted. */
export const TRUSTED = 'trust: true';
