import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';
import { rawRequest, Stranger } from './stranger.ts';

const options = (): string => rawRequest({ transport: 'TCP', body: 'a body\r\n\r\nof its own' });

describe('where a message is cut', () => {
  scenario('security 14: split at every byte it is the same message', { ends: [], cast: [] }, async ({ world }) => {
    const mallory = Stranger.overTcp(world);
    const length = options().length;
    for (let at = 1; at < length; at++) {
      const text = options();
      mallory.says(text.slice(0, at));
      expect(mallory.hears(), `before octet ${at}`).toEqual([]);
      expect(mallory.says(text.slice(at)).hears(), `cut at ${at}`).toEqual(['200 OPTIONS']);
    }
    expect(mallory.gone).toBe(false);
    await mallory.leaves();
  });

  scenario('security 14: octet by octet it is the same message', { ends: [], cast: [] }, async ({ world }) => {
    const mallory = Stranger.overTcp(world);
    expect(mallory.says(...options()).hears()).toEqual(['200 OPTIONS']);
    await mallory.leaves();
  });

  scenario(
    'security 14: two messages, and two and a half, in one segment',
    { ends: [], cast: [] },
    async ({ world }) => {
      const mallory = Stranger.overTcp(world);
      expect(mallory.says(options() + options()).hears()).toEqual(['200 OPTIONS', '200 OPTIONS']);
      const third = options();
      mallory.says(options() + options() + third.slice(0, 100));
      expect(mallory.hears()).toEqual(['200 OPTIONS', '200 OPTIONS']);
      expect(mallory.says(third.slice(100)).hears()).toEqual(['200 OPTIONS']);
      await mallory.leaves();
    },
  );

  scenario(
    'security 14: a whole call, every write on the network cut into single octets',
    { ends: 'caller-hung-up', cast: ['bob', 'carol'] },
    ({ bob, carol, world }) => {
      world.network.cut = (octets) => Array.from(octets, (_, at) => octets.subarray(at, at + 1));
      talk(carol, bob);
      end(carol, bob);
    },
  );
});

describe('what stands between messages', () => {
  scenario('security 14: a double CRLF is answered with one CRLF', { ends: [], cast: [] }, async ({ world }) => {
    const mallory = Stranger.overTcp(world);
    mallory.says('\r\n\r\n');
    expect(mallory.octets.map(String)).toEqual(['\r\n']);
    mallory.says('\r\n', '\r\n', '\r', '\n\r\n');
    expect(mallory.octets.map(String)).toEqual(['\r\n', '\r\n', '\r\n']);
    expect(mallory.says(`\r\n\r\n${options()}\r\n\r\n`, `${options()}`).hears()).toEqual([
      '200 OPTIONS',
      '200 OPTIONS',
    ]);
    expect(mallory.gone).toBe(false);
    await mallory.leaves();
  });
});

describe('what cannot be framed', () => {
  for (const [what, length] of [
    ['no Content-Length', ''],
    ['a Content-Length that is no number', 'Content-Length: many'],
    ['two that disagree', 'Content-Length: 0\r\nl: 5'],
  ] as const) {
    scenario(
      `security 14: ${what} gets 400, and the connection ends before what follows is taken for a message`,
      { ends: [], cast: [] },
      async ({ world }) => {
        const mallory = Stranger.overTcp(world);
        mallory.says(rawRequest({ transport: 'TCP', length }) + options());
        expect([mallory.hears(), mallory.gone]).toEqual([['400 OPTIONS'], true]);
        await mallory.leaves();
        expect(world.switch?.transport.counters.unframed).toBe(1);
      },
    );
  }
});

describe('who is slow', () => {
  scenario(
    'security 14: a slow sender is closed ten seconds after his message began, however busy he seems',
    { ends: [], cast: [] },
    async ({ world }) => {
      const mallory = Stranger.overTcp(world);
      mallory.says(options()); // is known by now
      const text = options();
      for (let octet = 0; octet < 9; octet++) {
        mallory.says(text.slice(octet, octet + 1));
        world.passes(1_000);
      }
      expect(mallory.gone).toBe(false);
      mallory.says(text.slice(9, 10));
      world.passes(1_000);
      expect(mallory.gone).toBe(true);
      await mallory.leaves();
    },
  );

  scenario('security 14: who says nothing is closed after 20 s', { ends: [], cast: [] }, async ({ world }) => {
    const mallory = Stranger.overTcp(world);
    world.passes(19_999);
    expect(mallory.gone).toBe(false);
    world.passes(1);
    expect(mallory.gone).toBe(true);
    await mallory.leaves();
  });

  scenario(
    'security 14: a hundred bad peers keep nobody waiting: a call over TCP needs no moment longer',
    { ends: 'caller-hung-up', cast: ['bob', 'carol'] },
    async ({ bob, carol, world }) => {
      const bad = Array.from({ length: 100 }, (_, i) => {
        const peer = Stranger.overTcp(world, `203.0.113.${i + 1}`);
        // Half messages of every length, bodies that never come, and octets without sense.
        const text = rawRequest({ transport: 'TCP', length: 'Content-Length: 60000' });
        return peer.says(i % 3 === 0 ? '\xff\0garbage'.repeat(500) : text.slice(0, i % 3 === 1 ? 3 * i : undefined));
      });
      const now = world.stage.clock.monotonic();
      talk(carol, bob);
      for (const peer of bad) peer.says('x'.repeat(500));
      end(carol, bob);
      expect(world.stage.clock.monotonic()).toBe(now);
      for (const peer of bad) await peer.leaves();
    },
  );

  scenario(
    'security 14: a peer that reads nothing is closed, and what waited for it is given back',
    { ends: [], cast: [] },
    async ({ world }) => {
      const mallory = Stranger.overTcp(world);
      mallory.says(options());
      world.network.stall({ address: '203.0.113.66', port: 32_768 });
      expect(mallory.hears()).toEqual(['200 OPTIONS']);
      for (let request = 0; request < 50; request++) mallory.says(options());
      expect(mallory.hears()).toEqual([]);
      world.passes(30_000);
      expect(mallory.gone).toBe(true);
      expect(world.ledger.counts().connections).toBe(0);
      await mallory.leaves();
    },
  );
});
