import { fileURLToPath } from 'node:url';
import { FakeClock, MemoryLog } from '@vats/kernel/testing';
import { SystemTls, type TlsMaterial } from '@vats/sip';
import { expect, test } from 'vitest';
import { TlsKeeper } from './tls-keeper.ts';

const FILES = new URL('../../../../fixtures/tls/', import.meta.url);
const pathOf = (name: string): string => fileURLToPath(new URL(`${name}.pem`, FILES));
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

test('that a certificate expires is said once a day, from the day on', () => {
  const { clock, log, kept } = keeper();
  expect(kept.warnings).toEqual([]);
  const until = kept.certificates[0]?.until ?? 0;
  clock.advance(86_400_000);
  expect(log.lines).toEqual([]);
  kept.close();
  const later = new FakeClock(until - 5 * 86_400_000);
  const kept2 = new TlsKeeper({ settings: settings('pbx'), clock: later, log });
  expect(kept2.warnings).toEqual([expect.stringMatching(/expires in [45] days.*: renew it, then vats reload$/)]);
  later.advance(86_400_000);
  expect(log.lines.map(({ event }) => event)).toEqual(['tls.certificate', 'tls.certificate']);
  kept2.close();
});
