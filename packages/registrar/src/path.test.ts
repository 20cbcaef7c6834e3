import { sameHost } from '@vats/sip';
import { describe, expect, test } from 'vitest';
import { MemoryBindingStore } from './testing/memory-binding-store.ts';
import {
  contactsOf,
  LISTENER,
  type RegisterDraft,
  RegistrarBench,
  tcpFlow,
  udpFlow,
} from './testing/registrar-bench.ts';
import { sampleBinding } from './testing/sample-binding.ts';

const CONTACT = '<sip:alice@192.168.1.10>';
const [PROXY, EDGE, VICTIM, STRANGER] = ['10.0.0.5', '203.0.113.5', '198.51.100.99', '203.0.113.66'];
const CLIENT = { address: EDGE, port: 5060, transport: 'proxy udp' };

function bench(): RegistrarBench {
  const isNameOf = (host: string, domain: string): boolean => host === domain;
  // Of a single domain every host is taken for it; that makes no name of it.
  return new RegistrarBench({
    serves: () => true,
    isNameOf,
    isProxy: (address) => address === PROXY || sameHost(address, '2001:db8::5'),
  });
}

function through(from: string, path: string, more: Partial<RegisterDraft> = {}): RegisterDraft {
  return {
    contact: CONTACT,
    flow: udpFlow(from),
    headers: [
      ['Path', path],
      ['Supported', 'path'],
    ],
    ...more,
  };
}

describe('RFC 3327', () => {
  test('RFC 3327 §5.3: a Path is kept as the way to the phone, and told back to who supports it (RFC 3327 §4)', async () => {
    const b = bench();
    const path = `<sip:${PROXY};lr>, <sip:${EDGE};lr>`;
    const reply = await b.register(through(PROXY, path, { client: CLIENT }));
    expect(reply.headers?.filter(([name]) => name === 'Path')).toEqual([
      ['Path', `<sip:${PROXY};lr>`],
      ['Path', `<sip:${EDGE};lr>`],
    ]);
    expect(reply.headers).toContainEqual(['Supported', 'path, outbound']);
    expect(b.registrar.bindingsOf('acme.example', 'alice')[0]?.binding.path).toEqual([
      `<sip:${PROXY};lr>`,
      `<sip:${EDGE};lr>`,
    ]);
  });

  test('RFC 3327 §5.3: a phone that does not say that it knows Path gets none back, and is reached by it all the same', async () => {
    const b = bench();
    const reply = await b.register({
      contact: CONTACT,
      flow: udpFlow(PROXY),
      headers: [['Path', `<sip:${PROXY};lr>`]],
    });
    expect(contactsOf(reply)).toHaveLength(1);
    expect(reply.headers?.some(([name]) => name === 'Path')).toBe(false);
    expect(b.registrar.bindingsOf('acme.example', 'alice')[0]?.binding.path).toHaveLength(1);
  });

  test.each<[name: string, from: string, path: string, more?: Partial<RegisterDraft>]>([
    ['a proxy of any address that names itself', STRANGER, `<sip:p@${STRANGER}:5070;lr>`],
    ['a listed proxy that names another listed one', PROXY, '<sip:[2001:DB8::5];lr>'],
    ['the name of the domain itself', PROXY, '<sip:acme.example;lr>'],
    ['where a listed proxy saw the request come from', PROXY, `<sip:${PROXY};lr>,<sip:${EDGE};lr>`, { client: CLIENT }],
  ])('RFC 3327 §6.2: believed is %s', async (_name, from, path, more) => {
    expect((await bench().register(through(from, path, more))).status).toBe(200);
  });

  test.each<[name: string, from: string, path: string, more?: Partial<RegisterDraft>]>([
    ['a stranger names somebody else', STRANGER, `<sip:${VICTIM};lr>`],
    ['a stranger names itself, then somebody else', STRANGER, `<sip:${STRANGER};lr>,<sip:${VICTIM};lr>`],
    ['a stranger names a client of its own', STRANGER, `<sip:${STRANGER};lr>,<sip:${EDGE};lr>`, { client: CLIENT }],
    [
      'a phone behind a proxy wrote a line of its own',
      PROXY,
      `<sip:${PROXY};lr>,<sip:${VICTIM};lr>`,
      { client: CLIENT },
    ],
    ['a phone behind a proxy that adds none', PROXY, `<sip:${VICTIM};lr>`, { client: CLIENT }],
    [
      'two of them behind the client',
      PROXY,
      `<sip:${PROXY};lr>,<sip:${EDGE};lr>,<sip:${VICTIM};lr>`,
      { client: CLIENT },
    ],
    ['one between', PROXY, `<sip:${PROXY};lr>,<sip:${VICTIM};lr>,<sip:${EDGE};lr>`, { client: CLIENT }],
    ['a name', STRANGER, '<sip:victim.example;lr>'],
  ])('RFC 3327 §6.2: not believed, and nothing changes: %s', async (_name, from, path, more) => {
    const b = bench();
    const reply = await b.register(through(from, path, more));
    expect([reply.status, reply.reason, b.registrar.size]).toEqual([403, 'Path Of An Unknown Proxy', 0]);
  });

  test.each([
    ['that is no SIP URI', '<tel:+74951234567>'],
    ['of more hops than anybody has', Array.from({ length: 9 }, () => `<sip:${PROXY};lr>`).join(', ')],
  ])('a Path %s is refused', async (_name, path) => {
    expect((await bench().register(through(PROXY, path))).status).toBe(400);
  });
});

describe('RFC 3327 §5.4: a proxy on TCP that closes its connection', () => {
  const PATH = `<sip:${PROXY};transport=tcp;lr>`;

  test('RFC 3327 §5.4: its phones are reached over a new one to where its Path says', async () => {
    const b = bench();
    const connection = tcpFlow(PROXY);
    await b.register(through(PROXY, PATH, { flow: connection }));
    b.happened();
    connection.close();
    expect(b.happened()).toEqual([]);
    expect(b.registrar.isReachable('acme.example', 'alice')).toBe(true);
    expect(b.made).toEqual([]);
    const [target] = b.registrar.bindingsOf('acme.example', 'alice');
    expect(target && 'flow' in target && target.flow).toBe(b.made[0]);
    expect(b.made[0]).toMatchObject({ transport: 'tcp', observed: { address: PROXY, port: 5060 } });
  });

  test('RFC 3327 §5.4: likewise after a restart', async () => {
    const store = new MemoryBindingStore();
    const flow = { transport: 'tcp', bound: LISTENER, observed: { address: PROXY, port: 40_001 }, id: 'tcp gone' };
    store.bindings.set('b1', sampleBinding({ contact: 'sip:alice@192.168.1.10', path: [PATH], flow }));
    const b = new RegistrarBench({ isProxy: (address) => address === PROXY }, store);
    await b.registrar.load();
    expect(b.registrar.isReachable('acme.example', 'alice')).toBe(true);
  });

  test.each([
    ['is a name', `<sip:acme.example;lr>`],
    ['is where a proxy saw its client', `<sip:${EDGE};transport=tcp;lr>`],
    ['is to be spoken to securely', `<sips:${PROXY};lr>`],
    ['is to be spoken to by another transport', `<sip:${PROXY};transport=ws;lr>`],
  ])('they are unreachable where it %s', async (_name, path) => {
    const b = bench();
    const connection = tcpFlow(PROXY);
    await b.register(through(PROXY, path, { flow: connection, client: CLIENT }));
    connection.close();
    expect(b.happened()).toEqual(['registered', 'unreachable connection-closed']);
    expect(b.registrar.bindingsOf('acme.example', 'alice')[0]).toMatchObject({ unreachable: 'connection-closed' });
  });
});
