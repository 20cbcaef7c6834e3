import { describe, expect, test } from 'vitest';
import { MemoryBindingStore, sampleBinding } from './testing/index.ts';
import { contactsOf, RegistrarBench, tcpFlow, udpFlow } from './testing/registrar-bench.ts';

const CONTACT = '<sip:alice@192.0.2.10:5060>';

describe('a REGISTER and its 200 (RFC 3261 §10.3)', () => {
  test('the Contact comes back as sent, with the seconds granted and the time of day', async () => {
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

  test('a fetch tells and changes nothing', async () => {
    const bench = new RegistrarBench();
    await bench.register({ contact: CONTACT, expires: 600 });
    bench.clock.advance(10_000);
    bench.happened();
    const writes = bench.store.writes.length;
    expect(contactsOf(await bench.register())).toEqual(['<sip:alice@192.0.2.10:5060>;expires=590']);
    expect([bench.store.writes.length, bench.happened()]).toEqual([writes, []]);
  });

  test('every binding is told, those of this request first', async () => {
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

  test('the refusals say what would do', async () => {
    const bench = new RegistrarBench();
    expect((await bench.register({ contact: CONTACT, expires: 59 })).headers).toEqual([['Min-Expires', '60']]);
    const reply = await bench.register({ contact: CONTACT, headers: [['Require', 'outbound, path']] });
    expect(reply.headers).toEqual([['Unsupported', 'outbound']]);
  });

  test('a Path is kept as the way to the phone and told back (RFC 3327)', async () => {
    const bench = new RegistrarBench();
    const headers = [['Path', '<sip:edge1.example;lr>, <sip:edge2.example;lr>']] as const;
    const reply = await bench.register({ contact: CONTACT, headers });
    expect(reply.headers).toContainEqual(['Path', '<sip:edge1.example;lr>']);
    expect(bench.registrar.bindingsOf('acme.example', 'alice')[0]?.binding.path).toEqual([
      '<sip:edge1.example;lr>',
      '<sip:edge2.example;lr>',
    ]);
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

  test('the asterisk removes all, of other phones too', async () => {
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

describe('where a call goes', () => {
  test('phones preferred by q come first', async () => {
    const bench = new RegistrarBench();
    await bench.register({
      contact: ['<sip:low@192.0.2.10>;q=0.1', '<sip:high@192.0.2.10>;q=0.9', '<sip:best@192.0.2.10>'],
    });
    const targets = bench.registrar.bindingsOf('acme.example', 'alice');
    expect(targets.map(({ binding }) => binding.contact)).toEqual([
      'sip:best@192.0.2.10',
      'sip:high@192.0.2.10',
      'sip:low@192.0.2.10',
    ]);
  });

  test('headers and method of a Contact are kept and told, but never put into a Request-URI', async () => {
    const bench = new RegistrarBench();
    const uri = 'sip:alice@192.0.2.10;method=INVITE;ob?Route=%3Csip:evil.example%3E';
    const reply = await bench.register({ contact: `<${uri}>` });
    expect(contactsOf(reply)).toEqual([`<${uri}>;expires=3600`]);
    expect(bench.registrar.bindingsOf('acme.example', 'alice')).toMatchObject([
      { requestUri: 'sip:alice@192.0.2.10;ob' },
    ]);
  });

  test('the end of a connection makes its phones unreachable at once, with one event each', async () => {
    const bench = new RegistrarBench();
    const flow = tcpFlow('192.0.2.10');
    await bench.register({ contact: ['<sip:a@192.0.2.10;transport=tcp>', '<sip:b@192.0.2.10;transport=tcp>'], flow });
    expect(flow.listeners).toBe(1);
    bench.happened();
    flow.close();
    expect(bench.happened()).toEqual(['unreachable connection-closed', 'unreachable connection-closed']);
    expect(bench.registrar.bindingsOf('acme.example', 'alice')).toMatchObject([
      { unreachable: 'connection-closed' },
      { unreachable: 'connection-closed' },
    ]);
    bench.clock.advance(3_600_000);
    expect(bench.happened()).toEqual(['expired', 'expired']);
  });

  test('a connection that ended while the disk worked leaves an unreachable phone', async () => {
    const bench = new RegistrarBench();
    const flow = tcpFlow('192.0.2.10');
    bench.store.hold();
    const reply = bench.register({ contact: '<sip:a@192.0.2.10;transport=tcp>', flow });
    flow.close();
    bench.store.release();
    expect((await reply).status).toBe(200);
    expect(bench.happened()).toEqual(['registered', 'unreachable connection-closed']);
  });

  test('listeners on flows are given back', async () => {
    const bench = new RegistrarBench();
    const flow = tcpFlow('192.0.2.10');
    await bench.register({ contact: '<sip:a@192.0.2.10;transport=tcp>', flow });
    await bench.register({ contact: '*', expires: 0, flow });
    expect(flow.listeners).toBe(0);
    await bench.register({ contact: '<sip:a@192.0.2.10;transport=tcp>', flow });
    await bench.registrar.close();
    expect([flow.listeners, bench.clock.pending]).toEqual([0, 0]);
  });
});

describe('a restart', () => {
  const restart = async (...bindings: ReturnType<typeof sampleBinding>[]) => {
    const store = new MemoryBindingStore();
    for (const binding of bindings) store.bindings.set(binding.id, binding);
    const bench = new RegistrarBench({}, store);
    await bench.registrar.load();
    return bench;
  };

  test('a UDP binding works at once, over the same listener', async () => {
    const bench = await restart(sampleBinding());
    expect(bench.registrar.bindingsOf('acme.example', 'alice')).toMatchObject([
      { requestUri: 'sip:alice@192.0.2.10:5060', flow: bench.restored[0] },
    ]);
    expect(bench.happened()).toEqual([]);
    bench.clock.advance(3_600_000);
    expect(bench.happened()).toEqual(['expired']);
  });

  test('a TCP binding is unreachable until the phone returns', async () => {
    const flow = { ...sampleBinding().flow, transport: 'tcp' };
    const bench = await restart(sampleBinding({ flow, contact: 'sip:alice@192.0.2.10;transport=tcp' }));
    expect(bench.registrar.bindingsOf('acme.example', 'alice')).toMatchObject([{ unreachable: 'restarted' }]);
    const back = tcpFlow('192.0.2.10');
    await bench.register({ contact: '<sip:alice@192.0.2.10;transport=tcp>', flow: back, callId: 'new' });
    expect(bench.registrar.bindingsOf('acme.example', 'alice')).toMatchObject([{ flow: back }]);
    expect(bench.happened()).toEqual(['refreshed', 'reachable']);
  });

  test('a UDP binding whose listener is gone is unreachable', async () => {
    const flow = { ...sampleBinding().flow, id: 'udp 198.51.100.1:5999 192.0.2.10:5060' };
    const bench = await restart(sampleBinding({ flow }));
    expect(bench.registrar.bindingsOf('acme.example', 'alice')).toMatchObject([{ unreachable: 'listener-gone' }]);
  });

  test('what expired meanwhile, or cannot be read, is dropped from the disk too', async () => {
    const past = sampleBinding({ id: 'past', expiresAt: sampleBinding().registeredAt });
    const bench = await restart(past, sampleBinding({ id: 'torn', contact: 'sip:' }), sampleBinding());
    expect([bench.registrar.size, bench.happened()]).toEqual([1, []]);
    await bench.registrar.close();
    expect([...bench.store.bindings.keys()]).toEqual(['b1']);
  });

  test('a clock that was set back while we were away keeps no binding for ever', async () => {
    const bench = await restart(sampleBinding({ expiresAt: sampleBinding().registeredAt + 10 * 86_400_000 }));
    bench.clock.advance(7_200_000);
    expect(bench.registrar.size).toBe(0);
  });

  test('the REGISTER whose 200 got lost with the old process may come once more', async () => {
    const bench = await restart(sampleBinding({ callId: 'reg1', cseq: 7 }));
    const reply = await bench.register({ contact: CONTACT, cseq: 7 });
    expect(reply.status).toBe(200);
    expect((await bench.register({ contact: CONTACT, cseq: 7 })).status).toBe(500);
    expect((await bench.register({ contact: CONTACT, cseq: 6 })).status).toBe(500);
  });
});

test('after close new REGISTERs get 503', async () => {
  const bench = new RegistrarBench();
  await bench.registrar.close();
  expect((await bench.register({ contact: CONTACT })).status).toBe(503);
});

test('ten thousand phones cost two timers', async () => {
  const bench = new RegistrarBench();
  const all = Array.from({ length: 10_000 }, (_, i) =>
    bench.register({
      login: `u${i}`,
      contact: '<sip:u@192.168.1.10>',
      flow: udpFlow('203.0.113.1', 1024 + i),
      callId: `c${i}`,
    }),
  );
  await Promise.all(all);
  expect([bench.registrar.size, bench.clock.pending]).toEqual([10_000, 2]);
  expect(bench.store.writes.length).toBeLessThan(5);
});
