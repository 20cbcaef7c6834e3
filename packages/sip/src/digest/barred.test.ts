import { describe, expect, test } from 'vitest';
import type { VerifyOptions } from './server.ts';
import { credentials, PASSWORD, request, world } from './testing/credentials.ts';

describe('barred: right credentials from where the account may not be used', () => {
  const barred = { barred: () => true };

  test('are refused, and told apart for us alone', () => {
    const { nonce, verify } = world();
    expect(verify(request(credentials(nonce())), barred)).toEqual({
      outcome: 'bad',
      username: '201',
      why: 'barred',
      samePort: true,
    });
    expect(verify(request(credentials(nonce())), { barred: () => false }).outcome).toBe('good');
  });

  test('use up no counter: sent again they are refused in the same way, as wrong ones are', () => {
    const { nonce, verify } = world();
    const n = nonce();
    for (const password of [PASSWORD, 'guess']) {
      const again = request(credentials(n, { password }));
      const outcomes = [1, 2, 3].map(() => verify(again, barred).outcome);
      expect(outcomes).toEqual(['bad', 'bad', 'bad']);
    }
    expect(verify(request(credentials(n))).outcome).toBe('good');
  });

  test('is asked for right credentials only, and once', () => {
    const { clock, nonce, verify } = world();
    let asked = 0;
    const count = { barred: () => ++asked > 0 };
    const old = nonce();
    clock.advance(300_001);
    const used = nonce();
    verify(request(credentials(used)));
    for (const [authorization, changes] of [
      [undefined, {}],
      [credentials(old), {}],
      [credentials(used), {}],
      [credentials('0'.repeat(44)), {}],
      [credentials(nonce(), { password: 'guess' }), {}],
      [credentials(nonce(), { uri: 'sip:other.example' }), {}],
      [credentials(nonce(), { qop: 'auth-int' }), {}],
      [credentials(nonce()), { algorithms: ['SHA-256'] }],
      [credentials(nonce()), { ha1: undefined }],
    ] as const) {
      verify(request(authorization), { ...changes, ...count } as Partial<VerifyOptions>);
    }
    expect(asked).toBe(0);
    verify(request(credentials(nonce())), count);
    expect(asked).toBe(1);
  });
});
