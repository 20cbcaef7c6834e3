import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CONNECTION_LIMITS } from './connection-limits.ts';
import type { TransportFailure } from './failure.ts';
import { MESSAGE, TcpStage, THEIRS } from './testing/tcp-stage.ts';

const stage = new TcpStage();
beforeEach(() => stage.open());
afterEach(async () => expect(await stage.close()).toEqual([]));

describe('time-outs of a connection', () => {
  test('one that never says anything is closed', () => {
    const silent = stage.peer();
    stage.clock.advance(CONNECTION_LIMITS.firstMessage - 1);
    expect(silent.closed).toBeUndefined();
    stage.clock.advance(1);
    expect(silent.closed).toBeDefined();
    expect(stage.log.lines.at(-1)).toMatchObject({
      event: 'transport.connection-gone',
      fields: { detail: 'no message' },
    });
    expect(stage.layer.counters.connectionsTimedOut).toBe(1);
  });

  test('half a message must be whole in time, however it trickles', () => {
    const slow = stage.peer();
    slow.says(MESSAGE);
    stage.clock.advance(60_000);
    for (const octet of MESSAGE.slice(0, 20)) {
      slow.says(octet);
      stage.clock.advance(499);
    }
    expect(slow.closed).toBeUndefined();
    stage.clock.advance(20);
    expect(slow.closed).toBeDefined();
    expect(stage.heard).toEqual(['c']);
  });

  test('a whole message in between begins the time anew', () => {
    const slow = stage.peer();
    for (let i = 0; i < 5; i++) {
      slow.says(MESSAGE.slice(0, 10));
      stage.clock.advance(CONNECTION_LIMITS.halfMessage - 1);
      slow.says(MESSAGE.slice(10));
    }
    expect(stage.heard.length).toBe(5);
    stage.clock.advance(CONNECTION_LIMITS.idle - 1);
    expect(slow.closed).toBeUndefined();
  });

  test('so it does when the next message begins in the same segment', () => {
    const slow = stage.peer();
    slow.says(MESSAGE.slice(0, 10));
    for (let i = 0; i < 5; i++) {
      stage.clock.advance(CONNECTION_LIMITS.halfMessage - 1);
      slow.says(MESSAGE.slice(10) + MESSAGE.slice(0, 10));
    }
    expect(stage.heard.length).toBe(5);
    stage.clock.advance(CONNECTION_LIMITS.halfMessage);
    expect(slow.closed).toBeDefined();
  });

  test('a body that never comes whole ends in a closed connection (RFC 4475 §3.1.2.3)', () => {
    const liar = stage.peer();
    liar.says('INVITE sip:a SIP/2.0\r\nContent-Length: 9999\r\n\r\nv=0\r\n');
    stage.clock.advance(CONNECTION_LIMITS.halfMessage);
    expect(liar.closed).toBeDefined();
    expect(stage.heard).toEqual([]);
  });

  test('idle time counts from the last thing said or sent', () => {
    const quiet = stage.peer();
    quiet.says(MESSAGE);
    stage.clock.advance(CONNECTION_LIMITS.idle - 1);
    quiet.says('\r\n\r\n');
    stage.clock.advance(CONNECTION_LIMITS.idle - 1);
    stage.flows[0]!.send(Buffer.from('x'));
    stage.clock.advance(CONNECTION_LIMITS.idle - 1);
    expect(quiet.closed).toBeUndefined();
    stage.clock.advance(1);
    expect(quiet.closed).toEqual({ code: 'closed' });
  });

  test('one that only pings, or says what nobody can read, says nothing', () => {
    const pinger = stage.peer();
    const vandal = stage.peer();
    vandal.says('SIP/2.0 nonsense\r\nContent-Length: 0\r\n\r\n');
    for (let i = 0; i < 4; i++) {
      pinger.says('\r\n\r\n');
      stage.clock.advance(CONNECTION_LIMITS.firstMessage / 4);
    }
    expect(pinger.text).toBe('\r\n'.repeat(4));
    expect(stage.layer.counters).toMatchObject({ malformed: 1, connectionsTimedOut: 2 });
    expect([pinger.closed, vandal.closed]).not.toContain(undefined);
  });

  test('nobody answers: connecting is given up', async () => {
    await stage.listener();
    stage.network.vanish(THEIRS.address);
    const { flow, told } = stage.flowToPeer();
    const failed: TransportFailure[] = [];
    flow.send(Buffer.from(MESSAGE), (why) => failed.push(why));
    stage.clock.advance(CONNECTION_LIMITS.connect);
    expect(told).toEqual([{ code: 'timeout', detail: 'connecting' }]);
    expect(failed.length).toBe(1);
    expect(flow.open).toBe(false);
  });
});

describe('a peer that does not read', () => {
  test('fills the queue up to its bound, and is given up when it takes nothing', async () => {
    await stage.listener();
    stage.network.stall(THEIRS);
    const { flow, told } = stage.flowToPeer();
    const failed: string[] = [];
    for (let i = 0; i < 20; i++) flow.send(Buffer.alloc(60_000), ({ code }) => failed.push(code));
    expect(failed).toEqual(['overflow', 'overflow', 'overflow']);
    stage.clock.advance(CONNECTION_LIMITS.stalled - 1);
    expect(told).toEqual([]);
    stage.clock.advance(1);
    expect(told).toEqual([{ code: 'timeout', detail: 'not reading' }]);
    expect(failed.length).toBe(20);
  });

  test('is given up in the same time when we go on sending', async () => {
    await stage.listener();
    const { flow, told } = stage.flowToPeer();
    stage.clock.advance(0);
    stage.network.stall(THEIRS);
    for (let i = 0; i < 10; i++) {
      flow.send(Buffer.alloc(100));
      stage.clock.advance(CONNECTION_LIMITS.stalled / 10);
    }
    expect(told).toEqual([{ code: 'timeout', detail: 'not reading' }]);
  });

  test('one that is merely slow is not', async () => {
    await stage.listener();
    const { flow, told } = stage.flowToPeer();
    stage.clock.advance(0);
    stage.network.stall(THEIRS);
    for (let i = 0; i < 5; i++) {
      flow.send(Buffer.alloc(1_000));
      stage.clock.advance(CONNECTION_LIMITS.stalled - 10);
      stage.network.resume(THEIRS);
      stage.network.stall(THEIRS);
    }
    stage.network.resume(THEIRS);
    stage.clock.advance(CONNECTION_LIMITS.stalled * 2);
    expect(told).toEqual([]);
    expect(flow.open).toBe(true);
  });
});
