import { describe, expect, test } from 'vitest';
import { contactsOf, RegistrarBench, tcpFlow, udpFlow } from './testing/registrar-bench.ts';

const CONTACT = '<sip:alice@192.0.2.10:5060>';

describe('a REGISTER and its 200 (RFC 3261 §10.3)', () => {
  test('the Contact comes back as sent, with the seconds granted and the time of day (RFC 3261 §20.17)', async () => {
    const bench = new RegistrarBench();
    const reply = await bench.register({
      contact:
        '"Alice" <sip:alice@192.0.2.10:5060;line=a%31;x>;Q=0.5;expires=600;+sip.instance="<urn:uuid:1>";reg-id=1;odd',
    });
    expect(reply.status).toBe(200);
    expect(contactsOf(reply)).toEqual([
      '<sip:alice@192.0.2.10:5060;line=a%31;x>;Q=0.5;+sip.instance="<urn:uuid:1>";reg-id=1;odd;expires=600',
    ]);
    expect(reply.headers).toContainEqual(['Date', 'Thu, 01 Jan 2026 00:00:00 GMT']);
    expect(bench.happened()).toEqual(['registered']);
  });

  test('it is answered only when the store has it, and seen only then', async () => {
    const bench = new RegistrarBench();
    bench.store.hold();
    const replies: number[] = [];
    bench.hand({ contact: CONTACT }, (reply) => replies.push(reply.status));
    await Promise.resolve();
    expect([replies, bench.registrar.size, bench.ledger.leftovers()]).toEqual([[], 0, ['registers: 1']]);
    bench.store.release();
    await bench.registrar.close();
    expect(replies).toEqual([200]);
    expect([...bench.store.bindings.values()]).toMatchObject([
      { login: 'alice', contact: 'sip:alice@192.0.2.10:5060' },
    ]);
    expect(bench.ledger.leftovers()).toEqual([]);
  });

  test('what the store cannot keep is refused with 500 and leaves no trace', async () => {
    const bench = new RegistrarBench();
    bench.store.failure = new Error('disk full');
    const reply = await bench.register({ contact: CONTACT });
    expect([reply.status, bench.registrar.size, bench.happened()]).toEqual([500, 0, []]);
    expect(bench.log.events).toContain('registrar.not-saved');
    bench.store.failure = undefined;
    expect((await bench.register({ contact: CONTACT })).status).toBe(200);
  });

  test('a fetch tells and changes nothing (RFC 3261 §10.2.3, RFC 3665 §2.3)', async () => {
    const bench = new RegistrarBench();
    await bench.register({ contact: CONTACT, expires: 600 });
    bench.clock.advance(10_000);
    bench.happened();
    const writes = bench.store.writes.length;
    expect(contactsOf(await bench.register())).toEqual(['<sip:alice@192.0.2.10:5060>;expires=590']);
    expect([bench.store.writes.length, bench.happened()]).toEqual([writes, []]);
  });

  test('every binding is told, those of this request first (RFC 3665 §2.2)', async () => {
    const bench = new RegistrarBench();
    await bench.register({ contact: '<sip:alice@192.0.2.10>', expires: 600 });
    const reply = await bench.register({
      contact: '<sip:alice@192.0.2.11>',
      callId: 'reg2',
      flow: udpFlow('192.0.2.11'),
    });
    expect(contactsOf(reply)).toEqual(['<sip:alice@192.0.2.11>;expires=3600', '<sip:alice@192.0.2.10>;expires=600']);
  });

  test.each<[name: string, draft: Parameters<RegistrarBench['register']>[0], status: number]>([
    ['another account in To', { to: '<sip:boris@acme.example>' }, 403],
    ['the account in another domain', { to: '<sip:alice@other.example>' }, 403],
    ['a To that is no SIP URI', { to: '<isbn:2983792873>' }, 400],
    ['a host that is not ours', { uri: 'sip:other.example' }, 404],
    ['a Request-URI that is no SIP URI', { uri: 'tel:112' }, 400],
    ['a Contact that is no SIP URI', { contact: '<tel:+74951234567>' }, 400],
    ['a Contact that cannot be read', { contact: '<sip:alice@>' }, 400],
    ['headers in a Contact without brackets', { contact: 'sip:alice@192.0.2.10?Route=%3Csip:x%3E' }, 400],
    ['an asterisk without Expires', { contact: '*' }, 400],
    ['an asterisk with Expires: 60', { contact: '*', expires: 60 }, 400],
    ['an asterisk beside a Contact', { contact: ['*', CONTACT], expires: 0 }, 400],
    ['eleven Contacts', { contact: Array.from({ length: 11 }, (_, i) => `<sip:alice@192.0.2.${i}>`) }, 400],
    ['a Path that cannot be read', { contact: CONTACT, headers: [['Path', '<sip:edge']] }, 400],
    ['a time too brief', { contact: CONTACT, expires: 30 }, 423],
    ['an extension that is unknown', { contact: CONTACT, headers: [['Require', 'path, gruu']] }, 420],
  ])('%s is refused and changes nothing', async (_name, draft, status) => {
    const bench = new RegistrarBench();
    const reply = await bench.register({ contact: CONTACT, ...draft });
    expect([reply.status, bench.registrar.size, bench.store.writes, bench.happened()]).toEqual([status, 0, [], []]);
  });

  test('To may name the account by another name of its own', async () => {
    const bench = new RegistrarBench();
    const draft = { contact: CONTACT, to: '<sip:201@acme.example>' };
    expect((await bench.register(draft)).status).toBe(403);
    expect((await bench.register({ ...draft, alsoKnownAs: ['201'] })).status).toBe(200);
    expect(bench.registrar.bindingsOf('acme.example', 'alice')).toHaveLength(1);
  });

  test('the refusals say what would do (RFC 3261 §20.23)', async () => {
    const bench = new RegistrarBench();
    expect((await bench.register({ contact: CONTACT, expires: 59 })).headers).toEqual([['Min-Expires', '60']]);
    const reply = await bench.register({ contact: CONTACT, headers: [['Require', 'gruu, path']] });
    expect(reply.headers).toEqual([['Unsupported', 'gruu']]);
  });
});

describe('how long', () => {
  test.each([
    ['nothing is asked', CONTACT, undefined, 3600],
    ["the Contact's expires goes before the header", `${CONTACT};expires=120`, 600, 120],
    ['the header counts where the Contact is silent', CONTACT, 600, 600],
    ['nonsense counts as an hour (RFC 3261 §20.10)', `${CONTACT};expires=soon`, 600, 3600],
    ['a header of nonsense counts as none', CONTACT, 'soon', 3600],
    ['too long is cut', `${CONTACT};expires=4294967296`, undefined, 7200],
    ['behind a NAT on UDP', '<sip:alice@192.168.1.10>', undefined, 300],
    ['a Contact that names a host is behind a NAT', '<sip:alice@phone.invalid>;expires=7200', undefined, 300],
  ])('%s', async (_name, contact, expires, granted) => {
    const bench = new RegistrarBench();
    const reply = await bench.register({ contact, ...(expires !== undefined && { expires }) });
    expect(contactsOf(reply)[0]).toMatch(new RegExp(`;expires=${granted}$`));
  });

  test('behind a NAT on a connection the full time is granted', async () => {
    const bench = new RegistrarBench();
    const reply = await bench.register({
      contact: '<sip:alice@192.168.1.10;transport=tcp>',
      flow: tcpFlow('192.0.2.10'),
    });
    expect(contactsOf(reply)[0]).toMatch(/;expires=3600$/);
  });

  test('a binding ends by the clock, once, and a step of the wall clock does not matter', async () => {
    const bench = new RegistrarBench();
    await bench.register({ contact: CONTACT, expires: 60 });
    bench.happened();
    bench.clock.stepWall(86_400_000);
    bench.clock.advance(59_999);
    expect([bench.registrar.size, bench.happened()]).toEqual([1, []]);
    bench.clock.advance(1);
    expect([bench.registrar.size, bench.happened(), bench.clock.pending]).toEqual([0, ['expired'], 0]);
    await bench.registrar.close();
    expect(bench.store.bindings.size).toBe(0);
  });

  test('a refresh moves the end', async () => {
    const bench = new RegistrarBench();
    await bench.register({ contact: CONTACT, expires: 60 });
    bench.clock.advance(50_000);
    await bench.register({ contact: CONTACT, expires: 60 });
    expect(bench.happened()).toEqual(['registered', 'refreshed']);
    bench.clock.advance(50_000);
    expect(bench.registrar.size).toBe(1);
    bench.clock.advance(10_000);
    expect(bench.happened()).toEqual(['expired']);
  });

  test('a refresh on its way to the disk when time is up saves the binding, there too', async () => {
    const bench = new RegistrarBench();
    await bench.register({ contact: CONTACT, expires: 60 });
    bench.clock.advance(59_990);
    bench.store.hold();
    const refreshed = bench.register({ contact: CONTACT, expires: 60 });
    await Promise.resolve();
    bench.clock.advance(20);
    bench.store.release();
    expect((await refreshed).status).toBe(200);
    await bench.registrar.close();
    expect(bench.happened()).toEqual(['registered', 'refreshed']);
    expect(bench.store.bindings.size).toBe(1);
  });
});

describe('removal', () => {
  test('expires=0 removes one, without a trace on disk', async () => {
    const bench = new RegistrarBench();
    await bench.register({ contact: ['<sip:alice@192.0.2.10>', '<sip:alice2@192.0.2.10>'] });
    const reply = await bench.register({ contact: '<sip:alice@192.0.2.10>;expires=0' });
    expect(contactsOf(reply)).toEqual(['<sip:alice2@192.0.2.10>;expires=3600']);
    expect(bench.happened()).toEqual(['registered', 'registered', 'unregistered phone']);
    expect([...bench.store.bindings.values()].map(({ contact }) => contact)).toEqual(['sip:alice2@192.0.2.10']);
  });

  test('removing what is not there is fine', async () => {
    const bench = new RegistrarBench();
    const reply = await bench.register({ contact: `${CONTACT};expires=0` });
    expect([reply.status, contactsOf(reply), bench.happened(), bench.store.writes]).toEqual([200, [], [], []]);
  });

  test('the asterisk removes all, of other phones too (RFC 3665 §2.4)', async () => {
    const bench = new RegistrarBench();
    await bench.register({ contact: '<sip:alice@192.0.2.10>' });
    await bench.register({ contact: '<sip:alice@192.0.2.11>', callId: 'reg2', flow: udpFlow('192.0.2.11') });
    const reply = await bench.register({ contact: '*', expires: 0, callId: 'reg3' });
    expect([reply.status, contactsOf(reply), bench.registrar.size]).toEqual([200, [], 0]);
    expect(bench.happened().slice(2)).toEqual(['unregistered phone', 'unregistered phone']);
    expect([bench.store.bindings.size, bench.clock.pending]).toEqual([0, 0]);
  });

  test('an unREGISTER without the instance finds the binding by Contact and flow', async () => {
    const bench = new RegistrarBench();
    await bench.register({ contact: `${CONTACT};+sip.instance="<urn:uuid:1>"` });
    await bench.register({ contact: CONTACT, expires: 0, callId: 'other' });
    expect(bench.registrar.size).toBe(0);
  });

  test('an operator throws a device out', async () => {
    const bench = new RegistrarBench();
    await bench.register({ contact: CONTACT });
    expect(await bench.registrar.remove('acme.example', 'alice')).toBe(1);
    expect(await bench.registrar.remove('acme.example', 'nobody')).toBe(0);
    expect(bench.happened()).toEqual(['registered', 'unregistered operator']);
    expect([bench.store.bindings.size, bench.clock.pending]).toEqual([0, 0]);
  });

  test('an operator who cannot be obeyed hears it', async () => {
    const bench = new RegistrarBench();
    await bench.register({ contact: CONTACT });
    bench.store.failure = new Error('disk full');
    await expect(bench.registrar.remove('acme.example', 'alice')).rejects.toThrow('disk full');
    expect(bench.registrar.size).toBe(1);
  });
});
