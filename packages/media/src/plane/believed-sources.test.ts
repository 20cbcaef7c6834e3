import { describe, expect, test } from 'vitest';
import { rtcpPacket, rtpPacket, UdpPhone } from '../testing/udp-phone.ts';
import {
  BRIDGE,
  call,
  clock,
  close,
  events,
  handled,
  media,
  openLegs,
  phone,
  phones,
  reported,
  rtcpPort,
  rtpPort,
  start,
  statistics,
  update,
  useWorker,
  worker,
} from './testing/worker-here.ts';

useWorker(41_100);

describe('who is believed', () => {
  test('checklist 1: packets from a third address never change where a call goes, and none is forwarded', async () => {
    const { a, b } = await call();
    const thief = await phone('127.0.0.66');
    a.send(rtpPacket({ sequence: 1 }), rtpPort(1));
    await b.next();
    for (let i = 0; i < 50; i++) thief.send(rtpPacket({ sequence: 2 + i }), rtpPort(1));
    thief.send(rtcpPacket(), rtcpPort(1));
    await handled(52);
    a.send(rtpPacket({ sequence: 2 }), rtpPort(1));
    b.send(rtpPacket({ sequence: 1 }), rtpPort(2));
    await b.next();
    await a.next();
    await close();
    expect([thief.heard.length, b.heard.length]).toEqual([0, 2]);
    expect(statistics('a')).toMatchObject({ observed: a.at, rtp: { foreign: 50 }, rtcp: { foreign: 1 } });
  });

  test('a phone behind a NAT is learned on the address of its signalling, and answered there', async () => {
    await start();
    const a = await phone('127.0.0.2');
    const b = await phone('127.0.0.3');
    worker.execute([...openLegs('127.0.0.2', '127.0.0.3'), update(1, media(undefined)), update(2, media(b)), BRIDGE]);
    b.send(rtpPacket({ sequence: 1 }), rtpPort(2)); // nobody knows yet where to
    await handled(1);
    a.send(rtpPacket({ sequence: 1 }), rtpPort(1));
    await b.next();
    b.send(rtpPacket({ sequence: 2 }), rtpPort(2));
    expect((await a.next()).packet).toEqual(rtpPacket({ sequence: 2 }));
    await reported();
    expect(events()).toContainEqual({ kind: 'learned', leg: 'a', observed: a.at, claimed: undefined });
  });

  test('a settled source has its socket to itself; 3 s of silence or a new offer open it again', async () => {
    const { a, b } = await call();
    const moved = await phone('127.0.0.2');
    const say = async (from: UdpPhone, sequence: number) => {
      from.send(rtpPacket({ sequence }), rtpPort(1));
      await b.next();
    };
    for (let sequence = 1; sequence <= 7; sequence++) {
      await say(a, sequence);
      clock.advance(1_000);
    }
    await say(a, 8);
    // Connected now: the kernel drops this, so not even a counter sees it.
    moved.send(rtpPacket({ sequence: 9 }), rtpPort(1));
    await say(a, 9);
    clock.advance(4_500);
    await say(moved, 10); // same address, after silence
    b.send(rtpPacket({ sequence: 1 }), rtpPort(2));
    await moved.next();
    for (let sequence = 11; sequence <= 17; sequence++) {
      await say(moved, sequence);
      clock.advance(1_000);
    }
    worker.execute([update(1, media(undefined))]);
    await say(a, 18);
    await close();
    expect(statistics('a')).toMatchObject({ observed: a.at, rtp: { packets: 18, foreign: 0 } });
  });

  test('a peer whose port is closed does no harm, connected or not', async () => {
    const { a, b } = await call();
    for (let i = 1; i <= 7; i++) {
      b.send(rtpPacket({ sequence: i }), rtpPort(2));
      await a.next();
      clock.advance(1_000);
    }
    b.close();
    phones.splice(phones.indexOf(b), 1);
    for (let i = 0; i < 20; i++) a.send(rtpPacket({ sequence: i }), rtpPort(1));
    const again = await UdpPhone.open('127.0.0.3');
    phones.push(again);
    worker.execute([update(2, media(again))]);
    a.send(rtpPacket({ sequence: 77 }), rtpPort(1));
    await again.next();
  });
});
