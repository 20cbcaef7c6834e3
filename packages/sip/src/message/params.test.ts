import { expect, test } from 'vitest';
import { Cursor } from './cursor.ts';
import { LIMITS } from './limits.ts';
import { Params, quoted, readParams, unquoted } from './params.ts';
import { readWhole } from './value-fault.ts';
import { UnsafeValue } from './wire-text.ts';

function paramsOf(text: string): Params {
  const parsed = readWhole(text, readParams);
  if (!parsed.ok) throw new Error(parsed.error.code);
  return parsed.value;
}

test('names are found in any case, values are answered without quotes', () => {
  const params = paramsOf(' ; Tag = a1 ;lr;text="say \\"no\\", then; go" ; empty=');
  expect(params.get('TAG')).toBe('a1');
  expect(params.get('lr')).toBe('');
  expect(params.has('LR')).toBe(true);
  expect(params.get('text')).toBe('say "no", then; go');
  expect(params.get('empty')).toBe('');
  expect(params.get('other')).toBeUndefined();
  expect([...params]).toEqual([
    ['Tag', 'a1'],
    ['lr', ''],
    ['text', 'say "no", then; go'],
    ['empty', ''],
  ]);
  expect(params.toString()).toBe(';Tag=a1;lr;text="say \\"no\\", then; go";empty=');
});

test.each([
  [';', 'bad-param'],
  [';;a', 'bad-param'],
  [';a;', 'bad-param'],
  [';a="x', 'unterminated-quote'],
  [';a="x\\"', 'unterminated-quote'],
  [';a=1;A=2', 'repeated-param'],
  [';a b', 'trailing-text'],
  [Array.from({ length: LIMITS.paramsPerValue + 1 }, (_, n) => `;p${n}`).join(''), 'too-many'],
])('%j is %s', (text, code) => {
  expect(readWhole(text, readParams)).toMatchObject({ ok: false, error: { code } });
});

test('a forgiving reader passes over empty parameters', () => {
  const params = readParams(Cursor.over(';;a=1;; b;'), true);
  expect(params?.toString()).toBe(';a=1;b');
});

test('parameters are changed in their place and added at the end', () => {
  const params = Params.of({ branch: 'z9hG4bKa', rport: '' });
  expect(params.with('RPORT', '5060').with('received', '2001:db8::1').toString()).toBe(
    ';branch=z9hG4bKa;rport=5060;received=2001:db8::1',
  );
  expect(params.without('Branch').toString()).toBe(';rport');
  expect(params.toString()).toBe(';branch=z9hG4bKa;rport');
});

test('what is no token or host is quoted', () => {
  expect(Params.of({ a: 'x y', b: '"', c: 'host.example', d: '[::1]', e: '<urn:uuid:1>' }).toString()).toBe(
    ';a="x y";b="\\"";c=host.example;d=[::1];e="<urn:uuid:1>"',
  );
  expect(() => Params.of({ a: 'x\r\ny' })).toThrow(UnsafeValue);
  expect(() => Params.of({ 'a b': 'x' })).toThrow(UnsafeValue);
});

test('quoting and its undoing are inverse', () => {
  for (const text of ['', '"', '\\', '\\"', 'a\\b"c', '\\\\']) expect(unquoted(quoted(text))).toBe(text);
  expect(unquoted('"a\\b"')).toBe('ab');
});
