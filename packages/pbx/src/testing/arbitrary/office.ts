import fc from 'fast-check';
import { type Plain, pick, some } from './pieces.ts';

const USERS = ['200', '201', '202'];
const TRUNKS = ['trunk-0', 'trunk-1', 'trunk-2'];

const from = fc.array(pick(['200', '201', '600']), { minLength: 1, maxLength: 2 });
const yes = fc.constant(true);
const permissions = { international: yes, premium: yes };
const reserve = fc.array(pick(TRUNKS), { minLength: 1, maxLength: 2 });
/** How what was dialled behind a 9 is written. */
const sent = fc.constantFrom('$1', '$1', '8$1', '810$1', '+$1', '00$1', '3$1');

const rule = fc.oneof(
  some({ match: fc.constantFrom('xxx', '+7*', '+*', '+7[67]*'), deny: yes, from }, ['match', 'deny']),
  some({ match: fc.constant('9*'), trunk: pick(TRUNKS), send: sent, reserve, leastCost: yes, from, ...permissions }, [
    'match',
    'trunk',
    'send',
  ]),
  some({ match: fc.constant('9*'), extension: fc.constant('202'), send: sent, ...permissions }, [
    'match',
    'extension',
    'send',
  ]),
  some(
    { match: fc.constantFrom('+*', '*', '+7*'), trunk: pick(TRUNKS), reserve, leastCost: yes, from, ...permissions },
    ['match', 'trunk'],
  ),
);

const trunk = (name: string) =>
  some({ name: fc.constant(name), proxy: fc.constant('sip:192.0.2.1'), channels: fc.constantFrom(1, 2), numbers }, [
    'name',
    'proxy',
    'numbers',
  ]);
const numbers = fc.record({ send: fc.constantFrom('e164', '7', '8') });

/**
 * A small company that calls out in every way: 3 users, one of them a PBX, a group, 3 trunks that want numbers written in their own ways, and 1 to 5
 * rules, most of which write anew what was dialled, behind denials and before others that would take it.
 */
export const arbitraryOffice: fc.Arbitrary<Plain> = fc.record({
  domain: fc.constant('acme.example'),
  users: fc.constant(
    USERS.map((extension) => ({
      extension,
      name: 'Anna',
      devices: [{ login: `u${extension}-0`, password: 'Vf5kNm7Z', ...(extension === '202' && { trunk: true }) }],
    })),
  ),
  groups: fc.constant([{ extension: '600', name: 'Sales', members: ['200', '202'] }]),
  trunks: fc.tuple(...TRUNKS.map(trunk)),
  outbound: fc.array(rule, { minLength: 1, maxLength: 5, size: 'max' }),
});
