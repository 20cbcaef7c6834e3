import type { Endpoint } from '@vats/kernel';
import type { AsteriskOptions } from './asterisk.ts';
import { LOGIN, SUBSCRIBER } from './operator-line.ts';

type Driver = AsteriskOptions['driver'];
type Files = Readonly<Record<string, string>>;

/** Of our account there. */
export interface Line {
  readonly password: string;
  /** Seconds that are granted at least and at most. */
  readonly least: number;
  readonly most: number;
}

function chanSip({ address, port }: Endpoint, { password, least, most }: Line): Files {
  const friend = (login: string, secret: string, context: string) => `[${login}]
type=friend
host=dynamic
secret=${secret}
context=${context}
directmedia=no
disallow=all
allow=alaw,ulaw
`;
  return {
    sip: `[general]
udpbindaddr=${address}:${port}
allowguest=no
alwaysauthreject=yes
minexpiry=${least}
maxexpiry=${most}
${friend(LOGIN, password, 'lines')}${friend(SUBSCRIBER.login, SUBSCRIBER.password, 'subscribers')}`,
  };
}

function chanPjsip({ address, port }: Endpoint, { password, least, most }: Line): Files {
  const account = (login: string, secret: string, context: string, expiration: string) => `[${login}]
type=endpoint
context=${context}
aors=${login}
auth=${login}-auth
direct_media=no
disallow=all
allow=alaw,ulaw
[${login}-auth]
type=auth
auth_type=userpass
username=${login}
password=${secret}
[${login}]
type=aor
max_contacts=1
remove_existing=yes
${expiration}
`;
  const line = `minimum_expiration=${least}\nmaximum_expiration=${most}`;
  return {
    pjsip: `[here]
type=transport
protocol=udp
bind=${address}:${port}
${account(LOGIN, password, 'lines', line)}${account(SUBSCRIBER.login, SUBSCRIBER.password, 'subscribers', '')}`,
  };
}

const FILES = { chan_sip: chanSip, chan_pjsip: chanPjsip };

/**
 * The configuration of an Asterisk that is an operator: our account, whose calls begin in the context `lines`, and a subscriber's, in
 * `subscribers`. Both are challenged, at REGISTER and at INVITE.
 */
export function accountsAt(driver: Driver, sip: Endpoint, line: Line): Files {
  return FILES[driver](sip, line);
}
