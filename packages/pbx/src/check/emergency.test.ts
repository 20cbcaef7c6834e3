import { expect, test } from 'vitest';
import { modelOf } from '../testing/model-of.ts';
import { told } from '../testing/told.ts';

const withRule = (rule: string) => () => modelOf(`domain: acme.example\noutbound: [${rule}]\n`);

test('a rule that denies an emergency number is an error, one that denies others beside it is none', () => {
  expect(withRule('{ match: "3xx", deny: true }, { match: "112", deny: true }')).toThrow(
    /2:\d+: error: .*112 is an emergency number, which must not be denied/,
  );
  expect(withRule('{ match: "1xx", deny: true }, { match: "113", deny: true }')).not.toThrow();
});

test('a number of the domain that is one', () => {
  expect(told('domain: acme.example\nnumbers: [{ number: "112" }]\n').filter((line) => line.includes('hides'))).toEqual(
    [
      expect.stringMatching(
        /^pbx\.yaml:2:\d+: warning: numbers\[0\]\.number: number 112 hides the emergency number 112; take another/,
      ),
    ],
  );
});
