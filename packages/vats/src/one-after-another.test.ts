import { expect, test } from 'vitest';
import { oneAfterAnother } from './one-after-another.ts';

test('what is asked for while it goes on begins when it has ended, though it failed', async () => {
  const told: string[] = [];
  let count = 0;
  const work = oneAfterAnother(async () => {
    const mine = ++count;
    told.push(`${mine} begins`);
    for (let i = 0; i < 10; i++) await Promise.resolve();
    told.push(`${mine} ends`);
    if (mine === 1) throw new Error('broken');
    return mine;
  });
  expect(await Promise.allSettled([work(), work(), work()])).toMatchObject([
    { status: 'rejected' },
    { value: 2 },
    { value: 3 },
  ]);
  expect(told).toEqual(['1 begins', '1 ends', '2 begins', '2 ends', '3 begins', '3 ends']);
});
