import { describe, expect, test } from 'vitest';
import { contactsOf, RegistrarBench, tcpFlow, udpFlow } from './testing/registrar-bench.ts';

const CONTACT = '<sip:alice@192.0.2.10:5060>';

describe('order (RFC 3261 §10.3 items 6 and 7)', () => {
  test.each([
    ['lower', 4],
    ['the same', 5],
  ])('a CSeq that is %s under the same Call-ID is refused with 500', async (_name, cseq) => {
    const bench = new RegistrarBench();
    await bench.register({ contact: CONTACT, cseq: 5, expires: 600 });
    bench.happened();
    expect((await bench.register({ contact: CONTACT, cseq, expires: 3600 })).status).toBe(500);
    expect((await bench.register({ contact: '*', cseq, expires: 0 })).status).toBe(500);
    expect(contactsOf(await bench.register({ cseq }))).toEqual(['<sip:alice@192.0.2.10:5060>;expires=600']);
    expect(bench.happened()).toEqual([]);
  });

  test('all or nothing: one Contact out of order refuses the others too', async () => {
    const bench = new RegistrarBench();
    await bench.register({ contact: CONTACT, cseq: 5 });
    const reply = await bench.register({ contact: ['<sip:new@192.0.2.10>', CONTACT], cseq: 4 });
    expect([reply.status, bench.registrar.size]).toEqual([500, 1]);
  });

  test('one Contact too brief refuses the others too', async () => {
    const bench = new RegistrarBench();
    const reply = await bench.register({ contact: ['<sip:a@192.0.2.10>', '<sip:b@192.0.2.10>;expires=1'] });
    expect([reply.status, bench.registrar.size]).toEqual([423, 0]);
  });

  test("a rebooted phone's lower CSeq under a new Call-ID is accepted", async () => {
    const bench = new RegistrarBench();
    await bench.register({ contact: CONTACT, cseq: 900 });
    expect((await bench.register({ contact: CONTACT, cseq: 1, callId: 'after-reboot' })).status).toBe(200);
    expect([bench.registrar.size, bench.happened()]).toEqual([1, ['registered', 'refreshed']]);
    // The old series is over: a straggler of it comes as another series, and cannot be told from a newer one.
    expect((await bench.register({ contact: CONTACT, cseq: 2, callId: 'after-reboot' })).status).toBe(200);
  });

  test('REGISTERs that overlap are judged and answered one after another', async () => {
    const bench = new RegistrarBench();
    bench.store.hold();
    const replies: string[] = [];
    const told = (name: string) => (reply: { status: number }) => replies.push(`${name} ${reply.status}`);
    bench.hand({ contact: CONTACT, cseq: 1 }, told('first'));
    bench.hand({ contact: `${CONTACT};expires=0`, cseq: 2 }, told('removal'));
    bench.hand({ contact: CONTACT, cseq: 1 }, told('straggler'));
    bench.hand({}, told('fetch'));
    bench.store.release();
    await expect.poll(() => replies).toEqual(['first 200', 'removal 200', 'straggler 200', 'fetch 200']);
    expect(bench.happened()).toEqual(['registered', 'unregistered phone', 'registered']);
  });

  test('a line of REGISTERs for one account is bounded', async () => {
    const bench = new RegistrarBench();
    bench.store.hold();
    const replies: number[] = [];
    for (let i = 0; i < 20; i++) bench.hand({ contact: CONTACT }, (reply) => replies.push(reply.status));
    expect(replies).toEqual(Array.from({ length: 12 }, () => 503));
    bench.store.release();
    await expect.poll(() => replies.filter((status) => status === 200)).toHaveLength(8);
  });
});

describe('who is who', () => {
  test('the same instance is one phone, wherever it comes from; the newest flow counts', async () => {
    const bench = new RegistrarBench();
    const instance = '+sip.instance="<urn:uuid:1>"';
    await bench.register({ contact: `<sip:alice@192.0.2.10>;${instance}` });
    const wifi = tcpFlow('203.0.113.5');
    await bench.register({
      contact: `<sip:alice@10.0.0.7;transport=tcp>;${instance}`,
      callId: 'new',
      cseq: 1,
      flow: wifi,
    });
    expect(bench.registrar.bindingsOf('acme.example', 'alice')).toMatchObject([
      { requestUri: 'sip:alice@10.0.0.7;transport=tcp', flow: wifi },
    ]);
    expect([...bench.store.bindings.values()]).toMatchObject([
      { contact: 'sip:alice@10.0.0.7;transport=tcp', cseq: 1 },
    ]);
  });

  test('flows of one instance with their own reg-id are bindings of their own', async () => {
    const bench = new RegistrarBench();
    const instance = '+sip.instance="<urn:uuid:1>"';
    await bench.register({ contact: `<sip:alice@192.0.2.10>;${instance};reg-id=1` });
    await bench.register({ contact: `<sip:alice@192.0.2.10>;${instance};reg-id=2`, callId: 'other' });
    await bench.register({ contact: `<sip:alice@192.0.2.10>;${instance};reg-id=1`, callId: 'third' });
    expect(bench.registrar.size).toBe(2);
  });

  test('two phones with the same private Contact behind two NATs are two bindings', async () => {
    const bench = new RegistrarBench();
    const contact = '<sip:alice@192.168.1.10:5060>';
    const office = udpFlow('203.0.113.1', 1024);
    const home = udpFlow('203.0.113.2', 1024);
    await bench.register({ contact, callId: 'office', flow: office });
    await bench.register({ contact, callId: 'home', flow: home });
    expect(bench.registrar.bindingsOf('acme.example', 'alice')).toMatchObject([{ flow: office }, { flow: home }]);
    await bench.register({ contact, expires: 0, callId: 'home', flow: home });
    expect(bench.registrar.bindingsOf('acme.example', 'alice')).toMatchObject([{ flow: office }]);
  });

  test('a NAT that changes the port of a phone does not make two of it', async () => {
    const bench = new RegistrarBench();
    const contact = '<sip:alice@192.168.1.10:5060>';
    await bench.register({ contact, flow: udpFlow('203.0.113.1', 1024) });
    const moved = udpFlow('203.0.113.1', 2048);
    await bench.register({ contact, flow: moved });
    expect(bench.registrar.bindingsOf('acme.example', 'alice')).toMatchObject([{ flow: moved }]);
  });

  test('a phone without instance that comes back on a new connection takes its dead binding over', async () => {
    const bench = new RegistrarBench();
    const contact = '<sip:alice@192.168.1.10;transport=tcp>';
    const before = tcpFlow('203.0.113.1', 40_000);
    await bench.register({ contact, callId: 'before', flow: before });
    before.close();
    const after = tcpFlow('203.0.113.1', 40_001);
    await bench.register({ contact, callId: 'after', cseq: 1, flow: after });
    expect(bench.registrar.bindingsOf('acme.example', 'alice')).toMatchObject([{ flow: after }]);
    expect(bench.happened()).toEqual(['registered', 'unreachable connection-closed', 'refreshed', 'reachable']);
  });

  test('a Contact that means two bindings, by instance and by Contact, makes one of them', async () => {
    const bench = new RegistrarBench();
    await bench.register({ contact: '<sip:a@192.0.2.10>;+sip.instance="<urn:uuid:1>"' });
    await bench.register({ contact: '<sip:b@192.0.2.10>' });
    bench.happened();
    const reply = await bench.register({ contact: '<sip:b@192.0.2.10>;+sip.instance="<urn:uuid:1>"' });
    expect(contactsOf(reply)).toHaveLength(1);
    expect(bench.happened()).toEqual(['unregistered replaced', 'refreshed']);
    expect(bench.store.bindings.size).toBe(1);
  });

  test('URIs are compared by RFC 3261 §19.1.4, and the Contact of the last REGISTER is kept', async () => {
    const bench = new RegistrarBench();
    await bench.register({ contact: '<sip:%61lice@192.0.2.10;Transport=UDP>' });
    const reply = await bench.register({ contact: '<sip:alice@192.0.2.10;transport=udp>' });
    expect(contactsOf(reply)).toEqual(['<sip:alice@192.0.2.10;transport=udp>;expires=3600']);
  });

  test('escaped NULs are characters like others (RFC 4475 §3.1.1.4)', async () => {
    const bench = new RegistrarBench();
    const reply = await bench.register({ contact: ['<sip:%00@192.0.2.10>', '<sip:%00%00@192.0.2.10>'] });
    expect(contactsOf(reply)).toHaveLength(2);
  });

  test('the same Contact twice in one request: the later one counts', async () => {
    const bench = new RegistrarBench();
    const reply = await bench.register({ contact: [`${CONTACT};expires=600`, `${CONTACT};expires=900`] });
    expect(contactsOf(reply)).toEqual(['<sip:alice@192.0.2.10:5060>;expires=900']);
    expect(bench.happened()).toEqual(['registered']);
    const gone = await bench.register({ contact: [`${CONTACT};expires=600`, `${CONTACT};expires=0`] });
    expect([contactsOf(gone), bench.happened()]).toEqual([[], ['unregistered phone']]);
    const back = await bench.register({ contact: [`${CONTACT};expires=0`, `${CONTACT};expires=600`] });
    expect(contactsOf(back)).toHaveLength(1);
  });

  test('accounts and domains do not see each other', async () => {
    const bench = new RegistrarBench();
    await bench.register({ contact: CONTACT });
    await bench.register({ contact: CONTACT, login: 'boris' });
    await bench.register({ contact: CONTACT, domain: 'other.example' });
    expect(bench.registrar.size).toBe(3);
    expect(bench.registrar.registrations('other.example')).toHaveLength(1);
    expect(bench.registrar.registrations()).toHaveLength(3);
    expect(bench.registrar.bindingsOf('other.example', 'boris')).toEqual([]);
  });
});

describe('limits', () => {
  const contact = (i: number) => ({ contact: `<sip:alice@192.0.2.${i}>`, callId: `phone ${i}`.replace(' ', '-') });

  test('an account holds so many bindings; a further phone is refused, a refresh is not', async () => {
    const bench = new RegistrarBench();
    for (let i = 1; i <= 10; i++) await bench.register({ ...contact(i), flow: udpFlow(`192.0.2.${i}`) });
    expect((await bench.register({ ...contact(11), flow: udpFlow('192.0.2.11') })).status).toBe(403);
    expect((await bench.register({ ...contact(3), flow: udpFlow('192.0.2.3') })).status).toBe(200);
    expect(bench.registrar.size).toBe(10);
  });

  test('an account may have a limit of its own', async () => {
    const bench = new RegistrarBench();
    await bench.register({ ...contact(1), maxBindings: 1 });
    expect((await bench.register({ ...contact(2), flow: udpFlow('192.0.2.2'), maxBindings: 1 })).status).toBe(403);
    // Once a second: a phone asks again and again.
    await bench.register({ ...contact(2), flow: udpFlow('192.0.2.2'), maxBindings: 1 });
    const told = bench.log.lines.filter(({ event }) => event === 'registrar.refused').map(({ fields }) => fields);
    expect(told).toMatchObject([{ login: 'alice', status: 403, reason: 'Too Many Bindings' }]);
  });

  test('a limit that was lowered drives no phone out that is there', async () => {
    const bench = new RegistrarBench();
    await bench.register(contact(1));
    await bench.register({ ...contact(2), flow: udpFlow('192.0.2.2') });
    expect((await bench.register({ ...contact(1), maxBindings: 1 })).status).toBe(200);
    expect((await bench.register({ ...contact(3), flow: udpFlow('192.0.2.3'), maxBindings: 1 })).status).toBe(403);
    expect(bench.registrar.size).toBe(2);
  });

  test('bindings whose connection is gone make room, the one silent longest first', async () => {
    const bench = new RegistrarBench({ limits: { bindingsPerAccount: 2 } });
    const [first, second] = [tcpFlow('192.0.2.1'), tcpFlow('192.0.2.2')];
    await bench.register({ ...contact(1), flow: first });
    bench.clock.advance(1000);
    await bench.register({ ...contact(2), flow: second });
    first.close();
    second.close();
    bench.happened();
    await bench.register({ ...contact(3), flow: tcpFlow('192.0.2.3') });
    expect(bench.happened()).toEqual(['unregistered replaced', 'registered']);
    const left = bench.registrar.registrations().map(({ binding }) => binding.contact);
    expect(left.sort()).toEqual(['sip:alice@192.0.2.2', 'sip:alice@192.0.2.3']);
  });
});
