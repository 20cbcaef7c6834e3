import { expect, test } from 'vitest';
import { AccountCalls } from './account-calls.ts';

const anna = { login: 'anna', calls: 2 };

test('an account is in as many calls as it may, and in one more when one has ended', () => {
  const accounts = new AccountCalls();
  const [first, second, third] = [1, 2, 3].map(() => accounts.ofCall('acme'));
  expect([first, second, third].map((call) => call?.take('a', anna))).toEqual([true, true, false]);
  second?.leave('a');
  expect(third?.take('b1', anna)).toBe(true);
  first?.leaveAll();
  third?.leaveAll();
  expect(accounts.size).toBe(0);
});

test('a call takes one place of an account, whichever and how many of its legs the account has', () => {
  const accounts = new AccountCalls();
  const call = accounts.ofCall('acme');
  const one = { login: 'anna', calls: 1 };
  expect([call.take('a', one), call.take('b1', one), call.take('b2', one)]).toEqual([true, true, true]);
  call.leave('a');
  call.leave('b1');
  expect(accounts.ofCall('acme').take('a', one)).toBe(false);
  call.leave('b2');
  expect(accounts.size).toBe(0);
  expect(accounts.ofCall('acme').take('a', one)).toBe(true);
});

test('an account without a limit is counted, for the limit that it may get meanwhile', () => {
  const accounts = new AccountCalls();
  for (let count = 0; count < 3; count++) expect(accounts.ofCall('acme').take('a', { login: 'anna' })).toBe(true);
  expect(accounts.ofCall('acme').take('a', { login: 'anna', calls: 3 })).toBe(false);
  expect(accounts.ofCall('acme').take('a', { login: 'anna', calls: 4 })).toBe(true);
});

test('logins of different domains are different accounts', () => {
  const accounts = new AccountCalls();
  expect(accounts.ofCall('acme').take('a', { login: 'anna', calls: 1 })).toBe(true);
  expect(accounts.ofCall('beta').take('a', { login: 'anna', calls: 1 })).toBe(true);
});

test('a leg that never took a place leaves none', () => {
  const accounts = new AccountCalls();
  const [first, second] = [accounts.ofCall('acme'), accounts.ofCall('acme')];
  first.take('a', { login: 'anna', calls: 1 });
  second.take('a', { login: 'anna', calls: 1 });
  second.leave('a');
  second.leaveAll();
  expect(accounts.size).toBe(1);
});
