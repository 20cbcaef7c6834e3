import { expect, test } from 'vitest';
import { Ledger } from './ledger.ts';
import { MemoryLog } from './testing/index.ts';

test('owners under one name are added, and only what is left over is named', () => {
  const ledger = new Ledger();
  let calls = 0;
  ledger.enrol('calls', () => calls);
  ledger.enrol('timers', () => 1);
  ledger.enrol('timers', () => 2);
  expect(ledger.leftovers()).toEqual(['timers: 3']);
  calls = 1;
  expect(ledger.leftovers(['timers'])).toEqual(['calls: 1']);
  expect(ledger.counts()).toEqual({ calls: 1, timers: 3 });
});

test("a child's lines carry the parent's fields too", () => {
  const log = new MemoryLog();
  log.child({ call: 'c1' }).info('call.answered', { leg: 'b1' });
  expect(log.lines).toEqual([{ level: 'info', event: 'call.answered', fields: { call: 'c1', leg: 'b1' } }]);
});
