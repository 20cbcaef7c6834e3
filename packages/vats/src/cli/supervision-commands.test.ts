import { beforeEach, expect, test } from 'vitest';
import { json, serve, useSwitch, vats } from './testing/served-switch.ts';

useSwitch();
beforeEach(() => serve());

test.each(['listen', 'whisper', 'barge'])(
  '%s: a call that is not there is said, and who is to hear it has to be',
  async (how) => {
    expect(await vats('calls', how, 'x1', '--to', '201')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/there is no call x1/),
    });
    expect(await vats('calls', how, 'x1')).toMatchObject({ code: 2, err: expect.stringMatching(/--to/) });
  },
);

test('conferences: nobody is in one', async () => {
  expect(await vats('conferences')).toMatchObject({ code: 0, out: 'nobody is in a conference\n' });
  expect(await json('conferences')).toMatchObject({ conferences: [] });
});
