import { describe, expect, test } from 'vitest';
import { type HeaderField, writeRequest } from '../message/write-message.ts';
import { credentials, REALM, SOURCE, URI, world } from './testing/credentials.ts';

describe('octets that nobody has parsed are vouched for', () => {
  const octetsOf = (authorization: string, header = 'Authorization', before: readonly HeaderField[] = []) =>
    writeRequest({ method: 'REGISTER', uri: URI, headers: [...before, [header, authorization]] });

  test('by a young nonce of ours for that source, whatever the password', () => {
    const { nonce, server } = world();
    for (const header of ['Authorization', 'Proxy-Authorization']) {
      expect(server.vouchesFor(octetsOf(credentials(nonce(), { password: 'guess' }), header), SOURCE)).toBe(true);
    }
  });

  test('wherever nonce and realm stand in their line, and however much stands before and behind it', () => {
    const { nonce, server } = world();
    const swapped = (text: string) =>
      text.replace(/(realm="[^"]*"), (nonce="[^"]*")/, (_, realm, n) => `${n}, username="b", ${realm}`);
    expect(server.vouchesFor(octetsOf(credentials(nonce(), {}, swapped)), SOURCE)).toBe(true);
    const before: HeaderField[] = [['X-Before', 'x'.repeat(8_000)]];
    const long = Buffer.concat([octetsOf(credentials(nonce()), 'Authorization', before), Buffer.alloc(8_000, 'x')]);
    expect(server.vouchesFor(long, SOURCE)).toBe(true);
  });

  test('but only among the first few credentials, for each costs a hash', () => {
    const { nonce, server } = world();
    const own = credentials(nonce());
    const after = (count: number) => {
      const invented = own.replace(/ nonce="[^"]*"/, ` nonce="${'0'.repeat(44)}"`);
      const lines = Array.from({ length: count }, (): HeaderField => ['Authorization', invented]);
      return server.vouchesFor(octetsOf(own, 'Authorization', lines), SOURCE);
    };
    expect([after(0), after(3), after(4), after(40)]).toEqual([true, true, false, false]);
  });

  test('to its last millisecond', () => {
    const { clock, nonce, server } = world({ nonceLifetime: 60_000 });
    const octets = octetsOf(credentials(nonce()));
    clock.advance(60_000);
    expect(server.vouchesFor(octets, SOURCE)).toBe(true);
    clock.advance(1);
    expect(server.vouchesFor(octets, SOURCE)).toBe(false);
  });

  test('by nothing else', () => {
    const { nonce, server } = world();
    const n = nonce();
    const own = credentials(n);
    expect(server.vouchesFor(octetsOf(own), '192.0.2.8')).toBe(false);
    for (const text of [
      own.replace(n, '0'.repeat(n.length)),
      own.replace(n, world({ secret: Buffer.alloc(32, 1) }).nonce()),
      own.replace(/realm="[^"]*", /, ''),
      own.replace(REALM, 'elsewhere'),
      own.replace(REALM, `${REALM}\\"`),
      own.replace(`nonce="${n}"`, 'nonce=""'),
      own.replace(`nonce="${n}"`, `nonce="${n}`),
      own.replace('nonce=', 'n0nce='),
      'nonce="',
      '',
    ]) {
      expect(server.vouchesFor(octetsOf(text), SOURCE), text).toBe(false);
    }
    // A nonce in the place of a cnonce, or in another line, is read by nobody.
    const elsewhere = own.replace(/cnonce="[^"]*"/, `cnonce="${n}"`).replace(`, nonce="${n}"`, '');
    expect(elsewhere).toContain(`cnonce="${n}"`);
    expect(server.vouchesFor(octetsOf(elsewhere), SOURCE)).toBe(false);
    expect(server.vouchesFor(octetsOf(own, 'X-Authorization'), SOURCE)).toBe(false);
    const behind: HeaderField[] = [['Subject', own]];
    expect(server.vouchesFor(octetsOf(own.replace(n, '0'), 'Authorization', behind), SOURCE)).toBe(false);
    expect(server.vouchesFor(Buffer.alloc(0), SOURCE)).toBe(false);
    expect(server.vouchesFor(Buffer.from('\r\n\r\n'), SOURCE)).toBe(false);
  });
});
