import type { Cancel, Clock } from '@vats/kernel';
import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { describe, expect, test } from 'vitest';
import type { LoadSample } from './load-sample.ts';
import { OVERLOAD_LIMITS, OverloadControl, type OverloadLimits, type Rank } from './overload-control.ts';

/** A clock of a loop that is late: each timer fires so much after it was due. */
class LateClock implements Clock {
  readonly fake = new FakeClock();
  late = 0;

  now(): number {
    return this.fake.now();
  }

  monotonic(): number {
    return this.fake.monotonic();
  }

  after(milliseconds: number, fire: () => void): Cancel {
    return this.fake.after(milliseconds + this.late, fire);
  }
}

function controlled(limits: Partial<OverloadLimits> = {}) {
  const clock = new LateClock();
  const load = { backlog: 0, occupancy: 0, starved: 0, fullness: 0 };
  const told: (LoadSample | { milliseconds: number; refused: number })[] = [];
  const control = new OverloadControl({
    clock,
    random: new SeededRandom(1),
    sources: {
      backlog: () => load.backlog,
      occupancy: () => load.occupancy,
      starved: () => load.starved,
      fullness: () => load.fullness,
    },
    // Fewer than a machine has, for shorter tests; and a process that has been there for long.
    limits: { lasting: 100, starting: 0, ...limits },
    onBegan: (why) => told.push(why),
    onEnded: (lasted) => told.push(lasted),
  });
  let calls = 0;
  /** So many new requests, each of a call of its own: which share of them was let in. */
  const share = (rank: Rank, count = 1_000, who = ''): number => {
    let admitted = 0;
    for (let i = 0; i < count; i++) if (control.refuses(rank, `call-${calls++}@a`, who) === undefined) admitted++;
    return admitted / count;
  };
  /** Requests go on coming for so long, ten to a look. */
  const passes = (milliseconds: number): void => {
    for (let passed = 0; passed < milliseconds; passed += 10) {
      control.refuses('urgent', 'x');
      clock.fake.advance(10);
    }
  };
  return { clock, load, told, control, share, passes };
}

describe('RFC 3261 §21.5.4: new requests are refused before the event loop is late', () => {
  test('a loop that is in time lets everything in, however busy it is', () => {
    const { load, told, share, passes } = controlled();
    load.occupancy = 1;
    passes(60_000);
    expect([share('known'), share('stranger'), told]).toEqual([1, 1, []]);
  });

  test('a loop that is late at two looks in a row refuses, strangers first', () => {
    const { clock, load, told, control, share, passes } = controlled();
    load.occupancy = 1;
    passes(100);
    clock.late = 120;
    passes(300);
    expect(told).toEqual([]);
    passes(300);
    expect(told).toMatchObject([{ lateness: 120, occupancy: 1 }]);
    expect(control.status).toMatchObject({ overloaded: true, episodes: 1, lateness: 120 });
    const { known, strangers } = control.status.admitted;
    expect(strangers).toBeLessThan(known);
    expect(Math.abs(share('known') - known)).toBeLessThan(0.05);
    expect(Math.abs(share('stranger') - strangers)).toBeLessThan(0.05);
    expect(share('urgent')).toBe(1);
  });

  test('a burst of calls is behind for half a second and refuses nobody', () => {
    const { clock, load, told, share, passes } = controlled({ lasting: OVERLOAD_LIMITS.lasting });
    load.occupancy = 1;
    clock.late = 120;
    passes(600);
    clock.late = 0;
    passes(3_000);
    expect([share('stranger'), told]).toEqual([1, []]);
    clock.late = 120;
    passes(1_600);
    expect(told).toHaveLength(1);
  });

  test('a backlog in the socket counts as lateness does, though the loop itself turns quickly', () => {
    const { load, told, passes } = controlled();
    passes(100);
    load.backlog = 99;
    passes(1_000);
    expect(told).toEqual([]);
    load.backlog = 100;
    passes(100);
    expect(told).toEqual([]);
    passes(100);
    expect(told).toMatchObject([{ lateness: 0, backlog: 100 }]);
  });

  test('a loop that sleeps and is late waits for a processor that others have, and refuses nobody', () => {
    const { clock, load, told, passes } = controlled();
    load.occupancy = 0.85;
    clock.late = 500;
    passes(20_000);
    expect(told).toEqual([]);
  });

  test('a process that has just started, whose code is not compiled yet, may be behind for two seconds', () => {
    const { starting, lasting, patience } = OVERLOAD_LIMITS;
    const { load, told, passes, share } = controlled({ lasting, starting });
    load.occupancy = 1;
    load.backlog = 200;
    passes(patience);
    expect([share('stranger'), told]).toEqual([1, []]);
    load.backlog = 0;
    passes(100);
    load.backlog = 200;
    passes(patience);
    expect(told).toEqual([]);
    passes(200);
    expect(told).toHaveLength(1);
  });

  test('and half a minute later no longer than others', () => {
    const { starting, lasting } = OVERLOAD_LIMITS;
    const { load, told, passes } = controlled({ lasting, starting });
    load.occupancy = 0.5;
    passes(starting);
    load.backlog = 200;
    passes(700);
    expect(told).toHaveLength(1);
  });

  test('a loop that others keep from the processor may catch up within two seconds, and is at its end after them', () => {
    const { load, told, passes } = controlled();
    Object.assign(load, { occupancy: 1, starved: 0.6 });
    passes(1_000);
    load.backlog = 300;
    passes(OVERLOAD_LIMITS.patience);
    expect(told).toEqual([]);
    passes(200);
    expect(told).toMatchObject([{ backlog: 300, starved: 0.6 }]);
  });

  test('one that is late by less than 100 ms for want of a processor is not at its end', () => {
    const { load, told, passes } = controlled();
    Object.assign(load, { occupancy: 1, starved: 0.6, backlog: 90 });
    passes(20_000);
    expect(told).toEqual([]);
  });

  test('the later it is the fewer looks it takes, but two', () => {
    const { clock, load, told, passes } = controlled({ lasting: OVERLOAD_LIMITS.lasting });
    load.occupancy = 1;
    passes(100);
    clock.late = 900;
    passes(1_900);
    expect(told).toEqual([]);
    passes(300);
    expect(told).toHaveLength(1);
  });

  test('one long turn, as of a collection of garbage, refuses nobody', () => {
    const { clock, told, share, passes } = controlled();
    passes(100);
    clock.late = 2_000;
    passes(100);
    clock.late = 0;
    passes(5_000);
    expect([told, share('stranger')]).toEqual([[], 1]);
  });

  test('a loop that has not slept for seconds is at its end although what comes waits only 50 ms', () => {
    const { load, told, passes } = controlled();
    load.occupancy = 1;
    load.backlog = 50;
    passes(3_000);
    expect(told).toEqual([]);
    passes(1_000);
    expect(told).toHaveLength(1);
  });

  test('a queue that is nearly full counts, at the first look', () => {
    const { load, told, passes } = controlled();
    load.fullness = 0.79;
    passes(1_000);
    expect(told).toEqual([]);
    load.fullness = 0.8;
    passes(100);
    expect(told).toMatchObject([{ fullness: 0.8 }]);
  });
});

describe('when even refusing cannot keep up', () => {
  const octets = (method: string, to = '<sip:b@h>'): Buffer =>
    Buffer.from(`${method} sip:b@h SIP/2.0\r\nTo: ${to}\r\n\r\n`);

  test('what is new is left unread, what belongs to a dialog is not', () => {
    const { load, control, passes } = controlled();
    load.occupancy = 1;
    load.backlog = 999;
    passes(1_000);
    expect(control.leavesUnread(octets('INVITE'))).toBe(false);
    load.backlog = 1_000;
    expect(['INVITE', 'REGISTER', 'ACK', 'BYE'].map((method) => control.leavesUnread(octets(method)))).toEqual([
      ...[true, true, false, false],
    ]);
    expect(control.leavesUnread(octets('INVITE', '<sip:b@h>;tag=x'))).toBe(false);
    expect(control.status.unread).toBe(2);
    load.backlog = 0;
    expect(control.leavesUnread(octets('INVITE'))).toBe(false);
  });

  test('not before anything is refused', () => {
    const { load, control } = controlled();
    load.backlog = 5_000;
    expect(control.leavesUnread(octets('INVITE'))).toBe(false);
  });
});

describe('how much is let in', () => {
  /** A loop that can serve 100 requests a look, of which so many are offered; to refuse one is a thirtieth of the work. */
  function under(offered: number) {
    const at = controlled();
    let waiting = 0;
    let backlog = 0;
    /** Answers how many it served. */
    const look = (): number => {
      waiting = Math.min(2_000, waiting + offered);
      const share = at.control.status.admitted.known;
      const cost = share + (1 - share) / 30;
      const taken = Math.min(waiting, 100 / cost);
      waiting -= taken;
      at.load.occupancy = (taken * cost) / 100;
      backlog = waiting > 3 ? backlog + 100 : 0;
      at.load.backlog = backlog;
      at.passes(100);
      return taken * share;
    };
    return { ...at, look };
  }

  test.each([150, 300, 1_000])('of %i requests where 100 fit, it settles near what fits', (offered) => {
    const { look, control } = under(offered);
    for (let i = 0; i < 40; i++) look();
    let served = 0;
    for (let i = 0; i < 100; i++) served += look();
    // Refusing the others is work as well.
    const fits = (100 - offered / 30) / (1 - 1 / 30);
    expect(served / 100).toBeGreaterThan(0.8 * fits);
    expect(control.status.overloaded).toBe(true);
  });

  test('never nothing, however late it is', () => {
    const { load, share, passes } = controlled();
    load.occupancy = 1;
    load.backlog = 5_000;
    passes(30_000);
    expect(share('known', 10_000)).toBeGreaterThan(0.03);
    expect(share('stranger')).toBe(0);
  });

  test('a loop that sleeps and is late because others have the processor lets in what there is', () => {
    const { clock, load, share, passes } = controlled();
    load.occupancy = 1;
    clock.late = 150;
    passes(3_000);
    expect(share('known')).toBeLessThan(0.2);
    load.occupancy = 0.5;
    passes(15_000);
    expect(clock.late).toBe(150);
    expect(share('known')).toBe(1);
  });

  test('the fuller a queue is the less is let in, and as much again as it empties', () => {
    const { load, control, passes } = controlled();
    const known = (): number => Number(control.status.admitted.known.toFixed(2));
    const shares = [0.85, 0.9, 0.95, 1.1].map((fullness) => {
      load.fullness = fullness;
      passes(2_000);
      return known();
    });
    expect(shares).toEqual([1, 0.75, 0.38, 0.04]);
    load.fullness = 0.9;
    passes(3_000);
    expect(known()).toBe(0.75);
    load.fullness = 0.7;
    passes(5_000);
    expect(control.status.overloaded).toBe(false);
  });

  test('it ends when all of it has fitted for two seconds, not before', () => {
    const { load, told, control, passes, share } = controlled();
    load.backlog = 500;
    load.occupancy = 1;
    passes(2_000);
    expect(share('stranger', 10)).toBe(0);
    load.backlog = 0;
    load.occupancy = 0.3;
    let waited = 0;
    while (control.status.admitted.known < 1 || control.status.admitted.strangers < 1) {
      passes(100);
      waited += 100;
    }
    expect(waited).toBeGreaterThan(500);
    passes(1_900);
    expect(control.status.overloaded).toBe(true);
    passes(200);
    expect(control.status.overloaded).toBe(false);
    expect(told.at(-1)).toMatchObject({ refused: 10 });
    expect((told.at(-1) as { milliseconds: number }).milliseconds).toBeGreaterThan(3_000);
  });

  test('a load that comes back within these seconds is the same overload', () => {
    const { load, told, passes } = controlled();
    for (let i = 0; i < 5; i++) {
      load.backlog = 200;
      passes(1_000);
      load.backlog = 0;
      passes(1_500);
    }
    expect(told).toHaveLength(1);
  });
});

describe('who is known is refused only where shutting out strangers did not help', () => {
  const late = { occupancy: 1, backlog: 300 };

  /** An overload that has just begun, of a switch that strangers and phones ask alike. */
  const begun = (more: object = {}) => {
    const at = controlled();
    Object.assign(at.load, late, more);
    while (!at.control.isOverloaded) at.passes(100);
    /** So many looks, with as many requests of strangers and of phones. */
    const looks = (count: number, strangers = 20): void => {
      for (let i = 0; i < count; i++) {
        at.share('known', 20);
        at.share('stranger', strangers);
        at.passes(100);
      }
    };
    return { ...at, looks };
  };

  test('the first cut touches nobody who is known, however late it is', () => {
    const { control } = begun({ backlog: 5_000 });
    expect(control.status.admitted).toEqual({ known: 1, strangers: 0 });
  });

  test('nor do the next, for 400 ms; nor later, if that was enough', () => {
    const { control, load, looks } = begun();
    looks(3);
    expect(control.status.admitted).toEqual({ known: 1, strangers: 0 });
    Object.assign(load, { occupancy: 0.88, backlog: 0 });
    looks(50);
    expect(control.status.admitted.known).toBe(1);
  });

  test('if it was not, they are refused as well', () => {
    const { control, looks } = begun();
    looks(5);
    expect(control.status.admitted.known).toBeLessThan(0.95);
    expect(control.status.admitted.strangers).toBe(0);
  });

  test('where hardly any stranger asks it takes one look to see that it is no help', () => {
    const { control, looks } = begun();
    looks(1, 1);
    expect(control.status.admitted.known).toBeLessThan(0.95);
  });

  test('nor where others have the processor, until what comes waits a second', () => {
    const { control, load, looks } = begun({ starved: 0.6 });
    looks(50);
    expect(control.status.admitted).toEqual({ known: 1, strangers: 0 });
    load.backlog = 1_000;
    looks(3);
    expect(control.status.admitted.known).toBeLessThan(0.8);
    const { known } = control.status.admitted;
    load.backlog = 300;
    looks(10);
    expect(control.status.admitted.known).toBe(known);
    load.starved = 0;
    looks(5);
    expect(control.status.admitted.known).toBeLessThan(known);
  });
});

describe('who is refused', () => {
  const overloaded = () => {
    const at = controlled();
    at.load.backlog = 300;
    at.load.occupancy = 1;
    at.passes(1_500);
    return at;
  };

  test('the requests of one call share their fate, retransmissions the very answer', () => {
    const { control, clock } = overloaded();
    clock.fake.advance(8_000 - (clock.fake.monotonic() % 8_000));
    for (let i = 0; i < 200; i++) {
      const answers = [1, 2, 3].map(() => control.refuses('known', `one-${i}`));
      expect(new Set(answers).size).toBe(1);
    }
  });

  test('and not for ever: a phone whose Call-ID stays is let in at another time', () => {
    const { control, clock, passes } = overloaded();
    const refused = Array.from({ length: 100 }, (_, i) => `phone-${i}`);
    const left = new Set(refused.filter((name) => control.refuses('known', name) !== undefined));
    expect(left.size).toBeGreaterThan(20);
    for (let turn = 0; turn < 400 && left.size > 0; turn++) {
      passes(100);
      clock.fake.advance(7_900);
      for (const name of left) if (control.refuses('known', name) === undefined) left.delete(name);
    }
    expect([...left]).toEqual([]);
  });

  test('Retry-After is spread, the wider the more are refused', () => {
    const spread = (waits: (number | undefined)[]): [number, number] => {
      const given = waits.filter((wait) => wait !== undefined);
      return [Math.min(...given), Math.max(...given)];
    };
    const { control, passes } = overloaded();
    const some = spread(Array.from({ length: 2_000 }, (_, i) => control.refuses('stranger', `a${i}`)));
    expect(some[0]).toBe(5);
    expect(some[1]).toBeGreaterThan(12);
    passes(5_000);
    const most = spread(Array.from({ length: 2_000 }, (_, i) => control.refuses('stranger', `b${i}`)));
    expect(most).toEqual([5, 64]);
  });

  test('nobody can choose Call-IDs that are let in without knowing the seed', () => {
    const of = (seed: number): string => {
      const clock = new FakeClock();
      const sources = { backlog: () => 300, occupancy: () => 1 };
      const limits = { starting: 0 };
      const control = new OverloadControl({ clock, random: new SeededRandom(seed), sources, limits });
      for (let i = 0; i < 8; i++) {
        control.refuses('known', 'x');
        clock.advance(100);
      }
      return Array.from({ length: 64 }, (_, i) => (control.refuses('known', `${i}`) === undefined ? 1 : 0)).join('');
    };
    expect(of(1)).not.toBe(of(2));
  });
});

test('it looks only while requests come', () => {
  const { clock, control, passes } = controlled();
  expect([control.waiting, clock.fake.pending]).toEqual([0, 0]);
  passes(1_000);
  expect([control.waiting, clock.fake.pending]).toEqual([1, 1]);
  clock.fake.advance(200);
  expect([control.waiting, clock.fake.pending]).toEqual([0, 0]);
  control.refuses('known', 'x');
  control.close();
  expect([control.waiting, clock.fake.pending]).toEqual([0, 0]);
});

test('one account that asks for everything takes nobody else’s place', () => {
  const { load, share, passes, control } = controlled();
  Object.assign(load, { occupancy: 1, backlog: 300 });
  passes(500);
  let [phones, flooder] = [0, 0];
  for (let look = 0; look < 40; look++) {
    // It settles at what fits, and stays there.
    if (control.status.admitted.known < 0.5) Object.assign(load, { occupancy: 0.9, backlog: 0 });
    flooder = share('known', 900, 'flooder');
    phones = 0;
    for (let i = 0; i < 20; i++) phones += share('known', 1, `phone ${i}`) / 20;
    passes(100);
  }
  expect(control.status.admitted.known).toBeLessThan(0.6);
  expect(phones).toBeCloseTo(1);
  expect(flooder).toBeLessThan(0.6);
});
