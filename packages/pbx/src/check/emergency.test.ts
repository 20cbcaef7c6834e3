import { expect, test } from 'vitest';
import { modelOf } from '../testing/model-of.ts';

const withRule = (rule: string) => () => modelOf(`domain: acme.example\noutbound: [${rule}]\n`);

test('a rule that denies an emergency number is an error, one that denies others beside it is none', () => {
  expect(withRule('{ match: "3xx", deny: true }, { match: "112", deny: true }')).toThrow(
    /2:\d+: error: .*112 is an emergency number, which must not be denied/,
  );
  expect(withRule('{ match: "1xx", deny: true }, { match: "113", deny: true }')).not.toThrow();
});
