import { Ledger } from '@vats/kernel';
import { FakeClock, MemoryLog, SeededRandom } from '@vats/kernel/testing';
import { FakeMediaPlane } from '@vats/media/testing';
import { addByValue, type Domain, EMPTY_MODEL, type User } from '@vats/pbx';
import { worldOf } from '@vats/pbx/testing';
import type { DialogLayer, Flow, IncomingInvite, IncomingInviteUser, SipRequest } from '@vats/sip';
import { parseMessage } from '@vats/sip';
import { expect, test } from 'vitest';
import type { CallEvent } from './call-event.ts';
import { CallManager } from './call-manager.ts';
import type { CallsParts } from './parts.ts';

const applied = addByValue(
  EMPTY_MODEL,
  {
    domain: 'acme.example',
    recording: { mode: 'all' },
    users: ['201', '202'].map((extension) => ({
      extension,
      name: `User ${extension}`,
      devices: [{ login: `phone${extension}`, password: 'Vf5kNm7Zq' }],
    })),
  },
  'cli',
);
if (!applied.ok) throw new Error(applied.problems[0]?.message);
const model = applied.next;
const domain = applied.domain as Domain;
const [anna] = domain.users as readonly User[];

const OFFER = [
  'v=0',
  'o=- 1 1 IN IP4 127.0.0.1',
  's=-',
  'c=IN IP4 127.0.0.1',
  't=0 0',
  'm=audio 4000 RTP/AVP 8',
  'a=rtpmap:8 PCMA/8000',
  '',
].join('\r\n');

const flow = { id: 'udp/1', observed: { address: '127.0.0.1', port: 5999 } } as unknown as Flow;

function invite(callId = 'c1'): SipRequest {
  const text = [
    'INVITE sip:*43@acme.example SIP/2.0',
    'Via: SIP/2.0/UDP 127.0.0.1:5999;branch=z9hG4bKx',
    'From: <sip:201@acme.example>;tag=f',
    'To: <sip:*43@acme.example>',
    `Call-ID: ${callId}`,
    'CSeq: 1 INVITE',
    'Contact: <sip:201@127.0.0.1:5999>',
    'Max-Forwards: 70',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
  const parsed = parseMessage(Buffer.from(text));
  if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('the test wrote no INVITE');
  return parsed.value;
}

function manager(changes: Partial<CallsParts> = {}) {
  const clock = new FakeClock();
  const ledger = new Ledger();
  const log = new MemoryLog();
  const responses: number[] = [];
  const events: CallEvent[] = [];
  const users: IncomingInviteUser[] = [];
  const dialogs = {
    incomingInvite: (request: SipRequest, _flow: Flow, user: IncomingInviteUser): IncomingInvite => {
      users.push(user);
      return {
        request,
        flow,
        id: 'x',
        offer: OFFER,
        answered: false,
        wantsReliable: false,
        settled: false,
        progress: (status: number) => void responses.push(status),
        accept: () => {
          responses.push(200);
          return { bye: () => void responses.push(-1), ended: false } as never;
        },
        reject: (status: number) => void responses.push(status),
        hasTag: () => false,
      } as IncomingInvite;
    },
  } as unknown as DialogLayer;
  const media = new FakeMediaPlane({ clock, ledger });
  const calls = new CallManager({
    dialogs,
    media,
    locate: () => [],
    world: () => worldOf(model, ['phone201', 'phone202'], { now: clock.now() }),
    hostOf: () => ({ host: '127.0.0.1' }),
    advertisedMedia: () => undefined,
    clock,
    random: new SeededRandom(1),
    log,
    ledger,
    settings: { recordings: '/r', timeLimit: 60_000, maxCalls: 2, transcode: true, video: true },
    emit: (event) => events.push(event),
    ...changes,
  });
  const call = (dialled = '*43', callId = 'c1', limit?: number): void =>
    calls.invite(invite(callId), flow, {
      domain,
      caller: {
        kind: 'device',
        user: anna as User,
        device: { ...anna?.devices[0], ...(limit !== undefined && { calls: limit }) } as never,
      },
      party: { number: '201' },
      dialled,
    });
  return { calls, call, clock, ledger, log, media, responses, events, users };
}

const types = (events: readonly CallEvent[]): string[] => events.map(({ type }) => type);

test('a bug of ours in the plan costs this call: 500, one terminal event, nothing left', () => {
  const { call, clock, ledger, log, responses, events } = manager({
    world: () => {
      throw new Error('planted');
    },
  });
  call();
  clock.advance(0);
  expect(responses).toEqual([500]);
  expect(log.events).toContain('call.crashed');
  expect(types(events).filter((type) => type === 'call.ended')).toHaveLength(1);
  expect(ledger.leftovers()).toEqual([]);
});

test('a bug of ours in the middle of a call ends it: BYE, one terminal event, nothing left', () => {
  const clock = new FakeClock();
  const ledger = new Ledger();
  const media = new FakeMediaPlane({ clock, ledger });
  const { call, calls, log, responses, events } = manager({
    clock,
    ledger,
    media: Object.assign(media, {
      openCall: (id: string, user: never) =>
        Object.assign(FakeMediaPlane.prototype.openCall.call(media, id, user) ?? {}, {
          record: () => {
            throw new Error('planted');
          },
        }),
    }) as never,
  });
  call();
  clock.advance(0);
  expect(log.events).toContain('call.crashed');
  expect(responses).toEqual([200, 500, -1]);
  expect(types(events).filter((type) => type === 'call.ended')).toHaveLength(1);
  expect(calls.size).toBe(0);
  expect(ledger.leftovers()).toEqual([]);
});

test('one call too many hears 503, and the others go on', () => {
  const { calls, call, responses } = manager();
  call('*43', 'c1');
  call('*43', 'c2');
  call('*43', 'c3');
  expect(responses).toEqual([200, 200, 503]);
  expect(calls.size).toBe(2);
});

test('draining refuses new calls and tells everyone who waits when the last has ended', () => {
  const { calls, call, clock, responses, ledger } = manager();
  const told: string[] = [];
  call();
  calls.drain(() => told.push('first'));
  calls.drain(() => told.push('second'));
  call('*43', 'c2');
  expect(responses).toEqual([200, 503]);
  expect(told).toEqual([]);
  calls.hangUpAll('switch-stopped');
  clock.advance(0);
  expect(told).toEqual(['first', 'second']);
  expect(ledger.leftovers()).toEqual([]);
});

test('a file that is never finished delays the end by ten seconds at most', () => {
  const clock = new FakeClock();
  const ledger = new Ledger();
  const media = new FakeMediaPlane({ clock, ledger });
  const { call, calls, events, log } = manager({
    clock,
    media: Object.assign(media, {
      openCall: (id: string, user: never) =>
        Object.assign(FakeMediaPlane.prototype.openCall.call(media, id, user) ?? {}, { close: () => {} }),
    }) as never,
  });
  call();
  calls.hangUpAll('operator-hung-up');
  clock.advance(9_999);
  expect(calls.size).toBe(1);
  clock.advance(1);
  expect(types(events).at(-1)).toBe('call.ended');
  expect(calls.size).toBe(0);
  // Why it ended is no failure to whoever reads the log.
  const line = log.lines.find(({ event }) => event === 'call.ended');
  expect(line).toMatchObject({ fields: { ended: 'operator-hung-up' } });
  expect(JSON.stringify(line)).not.toContain('failure');
});

test('an account’s place is free as soon as its call has no legs, though a file is being finished', () => {
  const clock = new FakeClock();
  const ledger = new Ledger();
  const media = new FakeMediaPlane({ clock, ledger });
  const { call, calls, responses } = manager({
    clock,
    media: Object.assign(media, {
      openCall: (id: string, user: never) =>
        Object.assign(FakeMediaPlane.prototype.openCall.call(media, id, user) ?? {}, { close: () => {} }),
    }) as never,
  });
  call('*43', 'c1', 1);
  call('*43', 'c2', 1);
  expect(responses).toEqual([200, 486]);
  calls.hangUpAll('operator-hung-up');
  responses.length = 0;
  expect(calls.size).toBe(1);
  call('*43', 'c3', 1);
  expect(responses).toEqual([200]);
});

test('an end that is asked for twice comes once', () => {
  const { calls, call, clock, events } = manager();
  call();
  const [snapshot] = calls.snapshots();
  expect(calls.hangUp(snapshot?.id ?? '')).toBe(true);
  expect(calls.hangUp(snapshot?.id ?? '')).toBe(true);
  clock.advance(0);
  expect(calls.hangUp(snapshot?.id ?? '')).toBe(false);
  expect(types(events).filter((type) => type === 'call.ended')).toHaveLength(1);
});
