import { fileURLToPath } from 'node:url';
import { FakeClock, MemoryLog } from '@vats/kernel/testing';
import { SystemTls, type TlsMaterial } from '@vats/sip';
import { expect, test } from 'vitest';
import { TlsKeeper } from './tls-keeper.ts';

const FILES = new URL('../../../../fixtures/tls/', import.meta.url);
const pathOf = (name: string): string => fileURLToPath(new URL(`${name}.pem`, FILES));
const DAY = 86_400_000;
const settings = (name: string, key = `${name}-key`) => ({ certificate: pathOf(name), key: pathOf(key), others: [] });

class Noted extends SystemTls {
  readonly used: string[] = [];

  override use(material: TlsMaterial): void {
    super.use(material);
    this.used.push(material.certificates[0].leaf.subject);
  }
}

function keeper() {
  const [clock, log, rim] = [new FakeClock(), new MemoryLog(), new Noted()];
  return { clock, log, rim, kept: new TlsKeeper({ settings: settings('pbx'), clock, log, rim }) };
}

test('files are used at the start and at each reload; bad ones leave all as it was', () => {
  const { rim, kept } = keeper();
  kept.use(settings('second'));
  expect(rim.used).toEqual(['CN=pbx', 'CN=second']);
  expect(() => kept.use(settings('pbx', 'second-key'))).toThrow(
    /^sip\.tls\.key: .* is not the key of .*: name the two/,
  );
  expect(rim.used).toHaveLength(2);
  expect(kept.certificates.map(({ names }) => names)).toEqual([['second.example']]);
  kept.close();
});

test('a start with bad files fails with what, where and the remedy', () => {
  const [clock, log] = [new FakeClock(), new MemoryLog()];
  expect(() => new TlsKeeper({ settings: settings('nothing'), clock, log })).toThrow(
    /^sip\.tls\.certificate: .*nothing\.pem can not be read: there is no such file: name a PEM file/,
  );
});

test('that a certificate expires is said at the start and once a day, until it is renewed', () => {
  const { clock, log, kept } = keeper();
  const { until = 0 } = kept.certificates[0] ?? {};
  clock.stepWall(until - 5.5 * DAY - clock.now());
  expect(kept.warnings).toEqual([expect.stringMatching(/expires in 5 days.*: renew it, then vats reload$/)]);
  log.lines.length = 0;
  clock.advance(2 * DAY);
  expect(log.lines.map(({ event, fields }) => [event, fields.warning])).toEqual([
    ['tls.certificate', expect.stringContaining('expires in 4 days')],
    ['tls.certificate', expect.stringContaining('expires in 3 days')],
  ]);
  kept.close();
  clock.advance(5 * DAY);
  expect(log.lines).toHaveLength(2);
});
