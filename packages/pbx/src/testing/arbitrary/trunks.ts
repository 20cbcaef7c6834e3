import fc from 'fast-check';
import { limits, network, type Plain, some } from './pieces.ts';

const password = fc.constantFrom('s3cret', 'p@ss: "word" #1', 'пароль-один', '0123', 'null');

/** Each by itself is one that `vats check` passes on any trunk. */
const IDENTITIES: readonly Plain[] = [
  {},
  { trust: false, send: [], forwarded: [] },
  { send: ['p-asserted-identity', 'remote-party-id'], forwarded: ['diversion'] },
  { send: ['p-preferred-identity'], forwarded: ['history-info', 'diversion'], forwardedCaller: 'original' },
  { forwardedCaller: 'own', connected: false },
];

export function arbitraryTrunk(name: string): fc.Arbitrary<Plain> {
  return some(
    {
      name: fc.constant(name),
      proxy: fc.constantFrom('sip:192.0.2.1:5070', 'sip:itsp.example'),
      domain: fc.constantFrom('sip.itsp.example', '2001:db8::1'),
      register: some(
        {
          login: fc.constant('74951234567'),
          password,
          authUser: fc.constant('auth'),
          contactUser: fc.constant('me'),
          expires: fc.constantFrom('180s', '1h'),
        },
        ['login', 'password'],
      ),
      allow: fc.array(network, { maxLength: 3 }),
      transport: fc.constantFrom('udp', 'tcp'),
      codecs: fc.constant(['PCMA', 'PCMU']),
      dtmf: fc.constantFrom('rfc4733', 'info', 'inband'),
      srtp: fc.constantFrom('never', 'optional', 'required'),
      sessionTimer: fc.constantFrom({ mode: 'off' }, { mode: 'always', expires: '30m', min: '2m', refresher: 'peer' }),
      numbers: some({
        send: fc.constantFrom('e164', '7', '8'),
        from: fc.constant(['to', 'diversion', 'history-info']),
      }),
      identity: fc.constantFrom(...IDENTITIES),
      channels: fc.constantFrom(1, 2, 3, 100),
      limits,
    },
    ['name', 'proxy'],
  );
}
