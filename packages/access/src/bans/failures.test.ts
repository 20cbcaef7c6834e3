import { NetworkSet } from '@vats/kernel';
import { FakeClock, MemoryLog, SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { MemoryBanStore } from '../testing/index.ts';
import { BanBook } from './ban-book.ts';
import { Failures } from './failures.ts';

const MINUTE = 60_000;
const NAT = '192.0.2.1';
const user = (i: number) => `d\nuser${i}`;

function failuresOf(options: { trusted?: string[]; limit?: number; home?: string; near?: string } = {}) {
  const clock = new FakeClock();
  const bans = new BanBook({
    clock,
    random: new SeededRandom(),
    log: new MemoryLog(),
    store: new MemoryBanStore(),
    trusted: NetworkSet.of(options.trusted ?? []),
    duration: 10 * MINUTE,
    longest: 24 * 60 * MINUTE,
    onEvent: () => {},
  });
  const guessed: string[] = [];
  const failures = new Failures({
    clock,
    bans,
    failures: 5,
    within: 5 * MINUTE,
    ...(options.limit !== undefined && { limit: options.limit }),
    nearness: (name, address) =>
      name !== user(1)
        ? 'elsewhere'
        : address === options.home
          ? 'here'
          : address === options.near
            ? 'near'
            : 'elsewhere',
    onGuessed: (name) => guessed.push(name),
  });
  /** Tries as the gate lets it: not while banned. How many tries were judged. */
  const tries = (count: number, address: (i: number) => string, name: (i: number) => string) => {
    let judged = 0;
    for (let i = 0; i < count; i++) {
      if (bans.isBanned(address(i)) !== undefined || bans.isUserBanned(address(i), name(i)) !== undefined) continue;
      if (failures.isGuessed(name(i), address(i))) continue;
      judged++;
      failures.failed(address(i), name(i));
    }
    return judged;
  };
  return { clock, bans, failures, guessed, tries };
}

test('22: a stranger who guesses one password is banned after the failures agreed, not before', () => {
  const { bans, tries } = failuresOf();
  tries(
    4,
    () => NAT,
    () => user(1),
  );
  expect(bans.isBanned(NAT)).toBeUndefined();
  expect(
    tries(
      100,
      () => NAT,
      () => user(1),
    ),
  ).toBe(1);
  expect(bans.isBanned(NAT)).toMatchObject({ network: NAT, reason: '5 failed logins within 300 s' });
  expect(bans.isBanned('192.0.2.2')).toBeUndefined();
});

test('failures that lie further apart are forgiven', () => {
  const { clock, bans, failures } = failuresOf();
  for (let i = 0; i < 20; i++) {
    for (let j = 0; j < 4; j++) failures.failed(NAT, user(1));
    clock.advance(5 * MINUTE);
  }
  expect(bans.size).toBe(0);
});

test('a stranger who tries many names is banned as well', () => {
  const { bans, tries } = failuresOf();
  expect(tries(1000, () => NAT, user)).toBe(5);
  expect(bans.isBanned(NAT)).toBeDefined();
});

test('22: a NAT with 50 good phones is not banned for one bad one', () => {
  const { clock, bans, failures, tries } = failuresOf();
  for (let i = 0; i < 50; i++) failures.good(NAT, user(i));
  const heard = () => {
    expect(bans.isBanned(NAT)).toBeUndefined();
    for (let i = 0; i < 50; i++) expect(bans.isUserBanned(NAT, user(i))).toBeUndefined();
  };
  expect(
    tries(
      1000,
      () => NAT,
      () => user(99),
    ),
  ).toBe(5);
  expect(bans.isUserBanned(NAT, user(99))).toBeDefined();
  heard();
  for (let hour = 0; hour < 20; hour++) {
    clock.advance(60 * MINUTE);
    tries(
      1000,
      () => NAT,
      () => user(99),
    );
    heard();
  }
});

test('22: from a NAT with good phones, the trying of many names ends, and the good phones go on', () => {
  const { bans, failures, tries } = failuresOf();
  for (let i = 0; i < 50; i++) failures.good(NAT, user(i));
  expect(
    tries(
      10_000,
      () => NAT,
      (i) => user(1000 + i),
    ),
  ).toBe(15);
  expect(bans.isBanned(NAT)).toBeUndefined();
  for (let i = 0; i < 50; i++) expect(bans.isUserBanned(NAT, user(i))).toBeUndefined();
  expect(bans.size).toBe(1);
});

test('a phone that gets it right after all starts anew; a spraying source with one good account does not', () => {
  const { bans, failures } = failuresOf();
  failures.good(NAT, user(0));
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 4; j++) failures.failed(NAT, user(1));
    failures.good(NAT, user(1));
  }
  expect(bans.size).toBe(0);
  for (let i = 0; i < 3; i++) {
    failures.failed(NAT, user(100 + i));
    failures.good(NAT, user(0));
  }
  expect(bans.isUserBanned(NAT, user(200))).toBeDefined();
});

test('22: whoever owns a /48 gets no further by going through its networks', () => {
  const { bans, tries } = failuresOf();
  // Four tries from each /64: none of them is banned by itself.
  const judged = tries(40_000, (i) => `2001:db8:0:${Math.floor(i / 4).toString(16)}::${(i % 4) + 1}`, user);
  expect(judged).toBeLessThanOrEqual(16 * 5);
  expect(bans.isBanned('2001:db8:0:ffff::1')?.network).toBe('2001:db8::/48');
});

test('a few failures in each of some networks ban none of them, nor the wider one', () => {
  const { bans, failures } = failuresOf();
  for (let i = 0; i < 16; i++) failures.failed(`2001:db8:0:${i >> 2}::1`, user(i));
  expect(bans.size).toBe(0);
});

test('somebody proven in a /48 is still heard when the rest of it goes through passwords', () => {
  const { bans, failures, tries } = failuresOf();
  failures.good('2001:db8:0:aaaa::1', user(0));
  const judged = tries(
    40_000,
    (i) => `2001:db8:0:${Math.floor(i / 4).toString(16)}::${(i % 4) + 1}`,
    (i) => user(i + 1),
  );
  expect(judged).toBeLessThanOrEqual(3 * 16 * 5);
  expect(bans.isBanned('2001:db8:0:aaaa::1')).toBeUndefined();
  expect(bans.isUserBanned('2001:db8:0:aaaa::1', user(0))).toBeUndefined();
});

test('22: allow-list wins: nobody trusted is banned, whatever they try', () => {
  const { bans, failures } = failuresOf({ trusted: ['192.0.2.0/24'] });
  for (let i = 0; i < 1000; i++) failures.failed(NAT, user(i % 3));
  expect(bans.size).toBe(0);
  expect(bans.isUserBanned(NAT, user(1))).toBeUndefined();
});

test('failures of somebody trusted do not ban the network around them', () => {
  const { bans, failures } = failuresOf({ trusted: ['2001:db8::1'] });
  for (let i = 0; i < 100; i++) failures.failed('2001:db8::1', user(i));
  expect(bans.isBanned('2001:db8::2')).toBeUndefined();
});

test('an account guessed from many sources is judged once a second for strangers, always for those who proved it', () => {
  const { clock, failures, guessed, tries } = failuresOf();
  failures.good('203.0.113.1', user(1));
  const bot = (i: number) => `10.0.${i >> 8}.${i & 255}`;
  // Sixteen failures are more than three times five; a first question after that is answered, the next ones wait.
  expect(tries(1000, bot, () => user(1))).toBe(17);
  expect(guessed).toEqual([user(1)]);
  clock.advance(1000);
  expect(
    tries(
      1000,
      (i) => bot(2000 + i),
      () => user(1),
    ),
  ).toBe(1);
  for (let i = 0; i < 10; i++) expect(failures.isGuessed(user(1), '203.0.113.1')).toBe(false);
  expect(failures.isGuessed(user(1), '203.0.113.2')).toBe(true);
  // Others are none the wiser.
  expect(failures.isGuessed(user(2), '10.0.0.1')).toBe(false);
});

test('one source cannot take the turns of all others, and what it asks in vain takes none', () => {
  const { clock, failures } = failuresOf();
  for (let i = 0; i < 16; i++) failures.failed(`10.0.0.${i}`, user(1));
  let heard = 0;
  for (let second = 0; second < 300; second++) {
    for (let i = 0; i < 100; i++) if (!failures.isGuessed(user(1), '10.0.0.1')) heard++;
    expect(failures.isGuessed(user(1), `192.0.${second >> 8}.${second & 255}`)).toBe(second === 0);
    clock.advance(1000);
  }
  expect(heard).toBe(1);
});

test('where it was used before, an account that is guessed is always judged', () => {
  const { failures } = failuresOf({ home: NAT });
  for (let i = 0; i < 16; i++) failures.failed(`10.0.0.${i}`, user(1));
  const asked = (address: string) => [1, 2, 3].map(() => failures.isGuessed(user(1), address));
  expect([asked(NAT), asked('192.0.2.2')]).toEqual([
    [false, false, false],
    [false, true, true],
  ]);
});

test('near where it was used it has turns of its own', () => {
  const near = '192.0.2.77';
  const { clock, bans, failures, tries } = failuresOf({ home: NAT, near });
  for (let i = 0; i < 16; i++) failures.failed(`10.0.0.${i}`, user(1));
  let judged = 0;
  for (let second = 0; second < 600; second++) {
    // A botnet uses up what the rest of the world has.
    const bot = `10.${second >> 8}.${second & 255}.1`;
    expect(failures.isGuessed(user(1), bot)).toBe(false);
    failures.failed(bot, user(1));
    expect(failures.isGuessed(user(1), '198.51.100.1')).toBe(true);
    judged += tries(
      20,
      () => near,
      () => user(1),
    );
    clock.advance(1000);
  }
  expect(judged).toBe(2);
  expect(bans.isBanned(near)).toBeUndefined();
});

test('no ban tells what was judged of an account that is guessed: near its home, elsewhere, or of a name that nobody has', () => {
  const near = '192.0.2.77';
  for (const [address, name] of [
    [near, user(1)],
    ['198.51.100.1', user(1)],
    [near, 'd\nghost'],
  ] as const) {
    const { bans, failures } = failuresOf({ home: NAT, near });
    for (let i = 0; i < 16; i++) failures.failed(`10.0.0.${i}`, name);
    for (let i = 0; i < 4; i++) failures.failed(address, user(50 + i));
    // Somebody else has the turn of the rest of the world.
    failures.isGuessed(name, '203.0.113.1');
    for (let i = 0; i < 20; i++) if (!failures.isGuessed(name, address)) failures.failed(address, name);
    expect(bans.isBanned(address)).toBeUndefined();
    failures.failed(address, user(54));
    expect(bans.isBanned(address)).toBeDefined();
  }
});

test('one site of IPv6 cannot take the turns of all others by going through its networks', () => {
  const { clock, failures } = failuresOf();
  for (let i = 0; i < 16; i++) failures.failed(`10.0.0.${i}`, user(1));
  let heard = 0;
  for (let second = 0; second < 300; second++) {
    for (let i = 0; i < 10; i++) if (!failures.isGuessed(user(1), `2001:db8:1:${second * 10 + i}::1`)) heard++;
    clock.advance(1000);
  }
  expect(heard).toBe(1);
});

test('an account is guessed until there was no failure for a while', () => {
  const { clock, failures, guessed } = failuresOf();
  for (let i = 0; i < 16; i++) failures.failed(`10.0.0.${i}`, user(1));
  let from = 0;
  const asked = () => [
    failures.isGuessed(user(1), `192.0.2.${++from}`),
    failures.isGuessed(user(1), `192.0.2.${++from}`),
  ];
  expect(asked()).toEqual([false, true]);
  clock.advance(4 * MINUTE);
  failures.failed('10.0.0.99', user(1));
  clock.advance(5 * MINUTE - 1);
  expect(asked()).toEqual([false, true]);
  clock.advance(1);
  expect(asked()).toEqual([false, false]);
  expect(guessed).toEqual([user(1)]);
});

test('failures from where the account is proven do not make it guessed', () => {
  const { failures, guessed } = failuresOf();
  for (let i = 0; i < 40; i++) {
    failures.good(`10.0.0.${i}`, user(1));
    failures.failed(`10.0.0.${i}`, user(1));
  }
  expect(guessed).toEqual([]);
});

test('7: names that exist and names that do not are treated alike', () => {
  const { failures, tries } = failuresOf();
  failures.good('203.0.113.1', user(1));
  const bot = (i: number) => `10.0.${i >> 8}.${i & 255}`;
  const existing = tries(500, bot, () => user(1));
  const invented = tries(
    500,
    (i) => bot(1000 + i),
    () => 'd\nnobody',
  );
  expect(invented).toBe(existing);
});

test('all that is counted is bounded, and gone when it is over', () => {
  const { clock, failures } = failuresOf({ limit: 100 });
  const long = 'x'.repeat(10_000);
  for (let i = 0; i < 1000; i++) failures.failed(`10.0.${i >> 8}.${i & 255}`, `d\n${i}${long}`);
  expect(failures.size).toEqual({ sources: 100, pairs: 100, accounts: 100 });
  clock.advance(5 * MINUTE);
  failures.sweep();
  expect(failures.size).toEqual({ sources: 0, pairs: 0, accounts: 0 });
  expect(clock.pending).toBe(0);
});

test('a limit that could never be met is our own mistake and says so', () => {
  const { clock, bans } = failuresOf();
  expect(() => new Failures({ clock, bans, failures: 0, within: 1 })).toThrow(RangeError);
  expect(() => new Failures({ clock, bans, failures: 1, within: 0 })).toThrow(RangeError);
});
