import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { type LogSettings, openLog } from './log.ts';

function opened(settings: Partial<LogSettings> = {}) {
  const written: string[] = [];
  const out = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  }) as unknown as NodeJS.WriteStream;
  const log = openLog({ level: 'info', format: 'json', ...settings }, out);
  /** Lines since the last call, without their time. */
  const lines = (): string[] =>
    written
      .splice(0)
      .join('')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.replace(/"time":"[^"]+",/, ''));
  return { log, lines };
}

test('a line is JSON: level, time, fields in their order, event', () => {
  const { log, lines } = opened();
  log.info('switch.ready', { version: '1', listen: ['udp'] });
  log.error('switch.stopped');
  expect(lines()).toEqual([
    '{"level":"info","version":"1","listen":["udp"],"event":"switch.ready"}',
    '{"level":"error","event":"switch.stopped"}',
  ]);
});

test('a line says when it was written', () => {
  const written: string[] = [];
  const out = { write: (text: string) => written.push(text) > 0 } as unknown as NodeJS.WriteStream;
  openLog({ level: 'info', format: 'json' }, out).info('switch.ready');
  expect(new Date(JSON.parse(written[0]!).time).getTime()).toBeCloseTo(Date.now(), -5);
});

test("a child's fields come before those of the line, and a child's child has both", () => {
  const { log, lines } = opened();
  const call = log.child({ call: 'c1' });
  call.warn('call.slow', { ms: 5 });
  call.child({ leg: 'b' }).info('call.answered');
  call.info('call.ended');
  log.info('switch.idle');
  expect(lines()).toEqual([
    '{"level":"warn","call":"c1","ms":5,"event":"call.slow"}',
    '{"level":"info","call":"c1","leg":"b","event":"call.answered"}',
    '{"level":"info","call":"c1","event":"call.ended"}',
    '{"level":"info","event":"switch.idle"}',
  ]);
});

test('every level has its name', () => {
  const { log, lines } = opened({ level: 'trace' });
  for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const) log[level]('x');
  expect(lines().map((line) => JSON.parse(line).level)).toEqual(['trace', 'debug', 'info', 'warn', 'error']);
});

test('what is below the level is not written, and its fields are not looked at', () => {
  const { log, lines } = opened({ level: 'warn' });
  const fields = {
    get costly(): string {
      throw new Error('read');
    },
  };
  for (const from of [log, log.child({ call: 'c1' })]) {
    from.trace('x', fields);
    from.debug('x', fields);
    from.info('x', fields);
    from.warn('x');
    from.error('x');
  }
  expect(lines()).toHaveLength(4);
});

test('a change of the level holds for children made before, in both directions', () => {
  const { log, lines } = opened({ level: 'info' });
  const call = log.child({ call: 'c1' });
  call.debug('x');
  log.setLevel('debug');
  call.debug('y');
  log.setLevel('error');
  call.warn('z');
  log.warn('z');
  expect(lines()).toEqual(['{"level":"debug","call":"c1","event":"y"}']);
});

test.each(['json', 'pretty'] as const)(
  'secrets are masked, in a line and in a child, inside of other fields too: %s',
  (format) => {
    const { log, lines } = opened({ format });
    const secrets = {
      password: 'pw-1',
      account: { login: '201', ha1: 'pw-2', hashes: { md5: 'pw-3', sha256: 'pw-4' } },
      headers: [{ authorization: 'pw-5' }],
    };
    log.info('x', secrets);
    log.child(secrets).info('x', { nonce: 'pw-6' });
    log.child({ call: 'c1' }).child(secrets).info('x');
    const text = lines().join('\n');
    expect(text).not.toContain('pw-');
    expect(text.split('[masked]')).toHaveLength(3 * 5 + 1 + 1);
    expect(secrets.account.hashes.md5).toBe('pw-3');
  },
);

test('an error is written with its message and stack, a text as it is', () => {
  const { log, lines } = opened();
  log.error('transaction.user-failed', { error: new TypeError('nobody there') });
  log.error('history.not-written', { error: 'disk full' });
  const [thrown, told] = lines().map((line) => JSON.parse(line));
  expect(thrown.error).toMatchObject({ type: 'TypeError', message: 'nobody there' });
  expect(thrown.error.stack).toContain('log.test.ts');
  expect(told.error).toBe('disk full');
});

test.each(['json', 'pretty'] as const)('what a stranger sent does not steer a terminal: %s', (format) => {
  const { log, lines } = opened({ format });
  const steering = '\u001b[31m\u009b32m\u007f\u061c\u200b\u200f\u2028\u2029\u202e\u2066\ufeff\r\n';
  log.warn(`auth.failed${steering}`, {
    username: steering,
    [steering]: [{ deep: steering }],
    error: new TypeError(steering),
  });
  log.child({ user: steering }).warn('x');
  const text = lines().join('\n');
  expect(text).toMatch(/^[\n -~]*$/);
  for (const code of ['001b', '009b', '202e', '2066', '2028', '200b']) expect(text).toContain(`\\u${code}`);
  if (format === 'pretty') return;
  const [first] = text.split('\n');
  expect(JSON.parse(first ?? '')).toMatchObject({ username: steering, event: `auth.failed${steering}` });
});
