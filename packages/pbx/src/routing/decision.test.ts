import { expect, test } from 'vitest';
import { routesOf } from '../testing/routes.ts';
import { LONGEST_DECISION, readDecision } from './decision.ts';

const menus = (depth: number): object =>
  depth === 0 ? { ring: '201' } : { menu: { prompt: 'more', keys: { '1': menus(depth - 1) } } };

test.each([
  [{ ring: '201' }, { ring: { to: ['201'] } }],
  [{ ring: { to: ['600', '89161234567'], ring: '20s' } }, { ring: { to: ['600', '+79161234567'], ring: 20_000 } }],
  [{ hangup: 'busy' }, { hangup: 'busy' }],
  [menus(4), expect.anything()],
])('%j is a decision', (said, step) => {
  expect(readDecision(JSON.stringify(said))).toEqual({ ok: true, value: step });
});

test.each([
  ['', 'no-json'],
  ['{', 'no-json'],
  ['null', 'no-step'],
  ['[{"ring":"201"}]', 'no-step'],
  ['{}', 'no-step'],
  ['{"ring":"201","play":"a"}', 'no-step'],
  ['{"run":"rm"}', 'no-step'],
  ['{"__proto__":{"ring":"201"}}', 'no-step'],
  ['{"ring":"itsp"}', 'trunk'],
  ['{"ring":{"trunk":"itsp","number":"300"}}', 'trunk'],
  ['{"ring":{"to":["201"],"number":"300"}}', 'trunk'],
  ['{"menu":{"prompt":"a","keys":{},"noKey":{"next":{"ring":"itsp"}}}}', 'trunk'],
  ['{"decide":{"url":"https://crm.example/"}}', 'decide'],
  ['{"menu":{"prompt":"a","keys":{"1":{"decide":{"url":"https://crm.example/"}}}}}', 'decide'],
  ['{"menu":{"prompt":"a","keys":{"1":{"ring":"201"}},"pins":{"1":"482135"}}}', 'pin'],
  ['{"menu":{"prompt":"a","keys":{"1":{"menu":{"prompt":"b","keys":{},"pins":{"1":"482135"}}}}}}', 'pin'],
  [JSON.stringify(menus(5)), 'too-deep'],
  [JSON.stringify({ play: 'a'.repeat(LONGEST_DECISION) }), 'too-long'],
])('%s is none: %s', (text, code) => {
  expect(readDecision(text)).toMatchObject({ ok: false, error: { code } });
});

const trip = (steps: string) =>
  routesOf(`domain: acme.example
users: [{ extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }]
trunks: [{ name: itsp, proxy: "sip:192.0.2.1", register: { login: a, password: b } }]
numbers: [{ number: "+74951234567", trunk: itsp, scheme: main }]
schemes: [{ name: main, open: [${steps}] }]
outbound: [{ match: "+7916*", trunk: itsp }]
`).by('itsp', '+79161234567', '+74951234567');

const ASKED =
  '{ decide: { url: "https://crm.example/next?key=s3cret", otherwise: { ring: "201" } } }, { hangup: busy }';

test('what the service says is done, then the scheme goes on', () => {
  const asked = trip(ASKED);
  expect(asked.now).toBe('decide https://crm.example/next?key=s3cret');
  expect(asked.plan.step).toMatchObject({ timeout: 1_000, pressed: [] });
  expect(asked.after('decided {"play":"greeting"}').now).toBe('play greeting');
  expect(asked.after('played').now).toBe('reject callee-busy');
  expect(asked.story.join()).not.toContain('s3cret');
});

test('without an answer that can be done its otherwise is', () => {
  expect(trip(ASKED).after('not-decided').now).toBe('ring anna 60000');
  expect(trip(ASKED).after('decided {"ring":"itsp"}').now).toBe('ring anna 60000');
  expect(trip('{ decide: { url: "https://crm.example/" } }, { hangup: busy }').after('not-decided').now).toBe(
    'reject callee-busy',
  );
});

test('it leads outside as far as the domain’s rules let it', () => {
  expect(trip(ASKED).after('decided {"ring":"+79169999999"}').now).toMatch(/^ring \+79169999999 by itsp/);
  expect(trip(ASKED).after('decided {"ring":"+74999999999"}').now).toBe('reject callee-busy');
});

test('it is told what was chosen in menus before', () => {
  const menu = '{ menu: { prompt: main, keys: { "1": { play: one } }, extension: true } }';
  const asked = trip(`${menu}, ${menu}, ${ASKED}`);
  expect(asked.after('key 1').after('played').after('dialled 201').after('no-answer').now).toMatch(/^decide/);
  expect(asked.plan.step).toMatchObject({ pressed: ['1', '201'] });
});
