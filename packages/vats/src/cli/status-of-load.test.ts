import { expect, test } from 'vitest';
import { statusAnswer } from './answers.ts';
import { statusText } from './show.ts';
import { json, serve, useSwitch, vats } from './testing/served-switch.ts';

useSwitch();

test('status tells how the load stands, and while requests are refused how late it is and what is let in', async () => {
  await serve();
  expect((await vats('status')).out).toMatch(/^load +at rest$/m);
  const status = statusAnswer.parse(await json('status'));
  const line = (load: Partial<(typeof status)['load']>): string =>
    /^load +(.*)$/m.exec(statusText({ ...status, load: { ...status.load, ...load } }))?.[1] ?? '';
  expect(line({ occupancy: 0.42 })).toBe('42 % busy');
  expect(line({ occupancy: 0.42, refused: 1, episodes: 1 })).toBe('42 % busy, 1 request refused in 1 overload');
  const admitted = { known: 0.5, strangers: 0 };
  expect(
    line({
      overloaded: true,
      occupancy: 1,
      lateness: 12,
      starved: 0.4,
      backlog: 340.2,
      admitted,
      refused: 70,
      unread: 3,
      episodes: 2,
    }),
  ).toBe(
    "OVERLOADED: 100 % busy, 340 ms late (40 % waiting for a processor that others have), lets in 50 % of new requests and 0 % of strangers', 70 requests refused in 2 overloads, 3 left unread",
  );
});
