import type { InDialogRequestUser, Session, SipResponse } from '@vats/sip';
import { beforeEach, expect, test } from 'vitest';
import { InfoKeys } from './info-keys.ts';

let sent: string[];
let users: InDialogRequestUser[];
let dropped: string[];
let session: { ended: boolean };
let keys: InfoKeys;

beforeEach(() => {
  sent = [];
  users = [];
  dropped = [];
  session = { ended: false };
  const asked: Pick<Session, 'ended' | 'request'> = {
    get ended() {
      return session.ended;
    },
    request: (method, { headers, body }, user) => {
      sent.push(`${method} ${headers?.map((header) => header.join(': '))} ${body}`);
      users.push(user);
    },
  };
  keys = new InfoKeys(asked as Session, (why, status) => void dropped.push(`${why} ${status}`));
});

const answer = (status: number): void => users.at(-1)?.onResponse({ status } as SipResponse);
const signals = (): string => sent.map((info) => /Signal=(.)/.exec(info)?.[1]).join('');

test('a key is one INFO with its signal and its duration', () => {
  keys.send({ key: '#', milliseconds: 130 });
  expect(sent).toEqual(['INFO Content-Type: application/dtmf-relay Signal=#\r\nDuration=130\r\n']);
});

test('each waits for the answer to the one before, whatever that is', () => {
  for (const key of ['1', '2', '3', '4'] as const) keys.send({ key, milliseconds: 100 });
  expect(signals()).toBe('1');
  answer(200);
  expect(signals()).toBe('12');
  answer(488);
  expect(signals()).toBe('123');
  users.at(-1)?.onFailure('transport');
  expect(signals()).toBe('1234');
  answer(200);
  expect([signals(), dropped]).toEqual(['1234', ['refused 488', 'refused undefined']]);
});

test('no more than fifty wait', () => {
  for (let i = 0; i < 60; i++) keys.send({ key: '1', milliseconds: 100 });
  for (let i = 0; i < 60; i++) answer(200);
  expect([sent.length, dropped]).toEqual([51, Array.from({ length: 9 }, () => 'too-many undefined')]);
});

test('nothing is sent in a dialog that is over', () => {
  keys.send({ key: '1', milliseconds: 100 });
  keys.send({ key: '2', milliseconds: 100 });
  session.ended = true;
  users.at(-1)?.onFailure('timeout');
  expect(signals()).toBe('1');
});
