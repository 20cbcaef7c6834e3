import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect as connectPlain, type Socket } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import type { Endpoint } from '@vats/kernel';
import { afterEach, describe, expect, test } from 'vitest';
import type { TransportFailure } from './failure.ts';
import type { StreamListener, StreamSocket } from './network.ts';
import { SystemTls } from './system-tls.ts';
import type { TlsPeer } from './tls.ts';
import type { OwnCertificate, TlsMaterial } from './tls-material.ts';

const FILES = new URL('../../../../fixtures/tls/', import.meta.url);
const pathOf = (name: string): string => fileURLToPath(new URL(`${name}.pem`, FILES));
const read = (name: string): string => readFileSync(pathOf(name), 'latin1');
const AUTHORITY = read('authority');

function own(name: string): OwnCertificate {
  const chain = read(name);
  return { leaf: new X509Certificate(chain), chain, key: read(`${name}-key`) };
}

const material = (...names: [string, ...string[]]): TlsMaterial => {
  const [first, ...others] = names;
  return { certificates: [own(first), ...others.map(own)] };
};

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A listener that says back what it hears. */
class Echo {
  readonly tls: SystemTls;
  listener!: StreamListener;
  readonly events: string[] = [];
  readonly failures: TransportFailure[] = [];
  admits = true;
  handshakes = true;
  #tellClosed: (code: string) => void = () => {};

  constructor(tls: SystemTls) {
    this.tls = tls;
  }

  /** How the next connection that ends does so. */
  closed(): Promise<string> {
    return new Promise((resolve) => {
      this.#tellClosed = resolve;
    });
  }

  async listen(address = '127.0.0.1'): Promise<this> {
    this.listener = await this.tls.listen(
      { address, port: 0 },
      {
        onConnection: (stream) => {
          this.events.push('connection');
          if (!this.admits) return undefined;
          return {
            onConnected: () => void this.events.push('secured'),
            onOctets: (octets) => stream.write(octets),
            onEnded: () => stream.end(),
            onClosed: ({ code }) => {
              this.events.push(`closed ${code}`);
              this.#tellClosed(code);
            },
          };
        },
        onFailure: () => {},
        mayHandshake: () => {
          this.events.push('hello');
          return this.handshakes;
        },
        onHandshakeFailed: (failure) => void this.failures.push(failure),
      },
    );
    closing.push(() => this.listener.close());
    return this;
  }
}

const echo = (given: TlsMaterial, address?: string): Promise<Echo> => new Echo(new SystemTls(given)).listen(address);

/** A client of Node's: what it was shown, or why it was not let in. */
function shown({ address, port }: Endpoint, options: ConnectionOptions = {}): Promise<string> {
  return new Promise((resolve) => {
    const socket: TLSSocket = connect({ host: address, port, ca: AUTHORITY, servername: 'pbx.example', ...options });
    closing.push(() => socket.destroy());
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.on('close', () => resolve('closed'));
    socket.on('data', () => resolve(socket.getPeerCertificate().subject.CN?.toString() ?? ''));
    socket.on('secureConnect', () => socket.write('x'));
  });
}

/** What comes of a connection of ours: `up`, or the failure. */
function reached(to: Endpoint, peer: TlsPeer, tls = new SystemTls()): Promise<string> {
  return new Promise((resolve) => {
    const stream: StreamSocket = tls.connect(undefined, to, peer, {
      onConnected: () => stream.write(Buffer.from('hello')),
      onOctets: (octets) => resolve(`up: ${octets}`),
      onEnded: () => {},
      onClosed: ({ code, detail }) => resolve(`${code}: ${detail}`),
    });
    closing.push(() => stream.destroy());
  });
}

describe('as server', () => {
  test.each(['127.0.0.1', '::1'])(
    'on %s it shows the certificate of the name that is asked for, else the first one',
    async (address) => {
      const { listener } = await echo(material('pbx', 'second'), address);
      expect(await shown(listener.bound)).toBe('pbx');
      expect(await shown(listener.bound, { servername: 'second.example' })).toBe('second');
      expect(await shown(listener.bound, { servername: 'third.example', checkServerIdentity: () => undefined })).toBe(
        'pbx',
      );
    },
  );

  test('new material is shown from then on, and who is connected stays', async () => {
    const { listener, tls, events } = await echo(material('pbx'));
    const socket = connect({
      ...{ host: '127.0.0.1', port: listener.bound.port, ca: AUTHORITY },
      servername: 'pbx.example',
    });
    closing.push(() => socket.destroy());
    const said = (text: string): Promise<string> =>
      new Promise((resolve) => {
        socket.once('data', (octets) => resolve(octets.toString()));
        socket.write(text);
      });
    expect(await said('one')).toBe('one');
    tls.use(material('second'));
    expect(await said('two')).toBe('two');
    expect(await shown(listener.bound, { servername: 'second.example' })).toBe('second');
    expect(events.filter((event) => event.startsWith('closed'))).toEqual([]);
  });

  test('nobody is asked for a handshake before something has come, and whoever leaves before is gone', async () => {
    const at = await echo(material('pbx'));
    const closed = at.closed();
    const socket = connectPlain(at.listener.bound.port, '127.0.0.1');
    await new Promise<void>((done) => socket.once('connect', () => done()));
    expect(at.events.filter((event) => event === 'hello')).toEqual([]);
    socket.end();
    expect(await closed).toBe('closed');
    expect(at.events).toEqual(['connection', 'closed closed']);
  });

  test('a handshake that may not be has its connection ended, and the listener goes on', async () => {
    const at = await echo(material('pbx'));
    at.handshakes = false;
    const closed = at.closed();
    expect(await shown(at.listener.bound)).not.toBe('pbx');
    expect(await closed).toBe('overflow');
    at.handshakes = true;
    expect(await shown(at.listener.bound)).toBe('pbx');
    expect(at.events.slice(0, 3)).toEqual(['connection', 'hello', 'closed overflow']);
  });

  test('material that OpenSSL does not take changes nothing', async () => {
    const { listener, tls } = await echo(material('pbx'));
    const mixed = { ...own('second'), key: read('pbx-key') };
    expect(() => tls.use({ certificates: [mixed] })).toThrow();
    expect(await shown(listener.bound)).toBe('pbx');
  });

  test('who is not admitted is reset before any handshake', async () => {
    const server = await echo(material('pbx'));
    server.admits = false;
    expect(await shown(server.listener.bound)).toBe('ECONNRESET');
    expect(server.events).toEqual(['connection']);
    expect(server.failures).toEqual([]);
  });

  test('TLS before 1.2 is refused, and what is no TLS, with words for the log (RFC 3261 §26.2.1)', async () => {
    const server = await echo(material('pbx'));
    // The client's own OpenSSL would not even offer it at its usual level.
    const old: ConnectionOptions = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    expect(await shown(server.listener.bound, old)).toMatch(/VERSION/);
    const { port } = server.listener.bound;
    await new Promise<void>((resolve) => {
      const socket = connectPlain(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\n\r\n'));
      socket
        .on('close', () => resolve())
        .on('error', () => {})
        .resume();
    });
    expect(server.failures.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/version/i),
      'HTTP was spoken where TLS belongs',
    ]);
  });

  test('where a certificate is required, who shows none or a stranger’s is turned away (RFC 5922 §7.4)', async () => {
    const clients = { authorities: AUTHORITY, required: true };
    const server = await echo({ ...material('pbx'), clients });
    expect(await shown(server.listener.bound)).toMatch(/closed|ECONNRESET|EPIPE/);
    const stranger = { cert: read('unknown'), key: read('unknown-key') };
    expect(await shown(server.listener.bound, stranger)).toMatch(/closed|ECONNRESET|EPIPE/);
    const phone = { cert: read('phone'), key: read('phone-key') };
    expect(await shown(server.listener.bound, phone)).toBe('pbx');
    expect(server.events.filter((event) => event === 'secured')).toHaveLength(1);
    expect(server.failures.map(({ detail }) => detail)).toEqual([
      'no certificate was shown, and one is required',
      'the certificate is of an authority that is not believed, or its chain is not sent',
    ]);
  });

  test.each<[string, (to: Endpoint) => unknown]>([
    [
      'says nothing',
      ({ port }) =>
        connectPlain(port, '127.0.0.1', function (this: Socket) {
          this.end();
        }),
    ],
    ['does not believe the certificate', (to) => shown(to, { ca: read('stranger') })],
    ['finds another name in it', (to) => shown(to, { servername: 'other.example' })],
  ])('whoever %s and shuts the connection is gone at once', async (_, come) => {
    const server = await echo(material('pbx'));
    const gone = server.closed();
    come(server.listener.bound);
    expect(await gone).not.toBe('');
    expect(server.events).not.toContain('secured');
  });

  test('where one is only asked for, who has none is let in', async () => {
    const { listener } = await echo({ ...material('pbx'), clients: { authorities: AUTHORITY, required: false } });
    expect(await shown(listener.bound)).toBe('pbx');
  });

  test('without any certificate it does not listen', async () => {
    await expect(new Echo(new SystemTls()).listen()).rejects.toThrow('no certificate');
  });
});

describe('as client', () => {
  const authorities = pathOf('authority');
  const strict = (name: string, more: Partial<TlsPeer> = {}): TlsPeer => ({
    name,
    verify: 'strict',
    authorities,
    ...more,
  });

  test.each<[string, TlsPeer, string]>([
    ['pbx', strict('pbx.example'), 'up: hello'],
    ['pbx', strict('127.0.0.1'), 'up: hello'],
    ['pbx', strict('other.example'), 'untrusted: the certificate is not for other.example: it has pbx.example'],
    [
      'wildcard',
      strict('sip.itsp.example'),
      'untrusted: the certificate is not for sip.itsp.example: it has *.itsp.example; verify: wildcard would take it',
    ],
    ['wildcard', strict('sip.itsp.example', { verify: 'wildcard' }), 'up: hello'],
    [
      'unknown',
      strict('pbx.example'),
      'untrusted: the certificate is of an authority that is not believed, or its chain is not sent',
    ],
    [
      'pbx',
      { name: 'pbx.example', verify: 'strict' },
      'untrusted: the certificate is of an authority that is not believed, or its chain is not sent',
    ],
    ['unknown', { name: 'other.example', verify: 'off' }, 'up: hello'],
    [
      'pbx',
      strict('pbx.example', { authorities: '/nowhere/ca.pem' }),
      'untrusted: the file of authorities /nowhere/ca.pem can not be read: ENOENT',
    ],
  ])('RFC 5922 §7.3: a server with %s, when %j is to be there: %s', async (certificate, peer, outcome) => {
    const { listener } = await echo(material(certificate as 'pbx'));
    expect(await reached(listener.bound, peer)).toBe(outcome);
  });

  test('shows our own certificate where one is asked for', async () => {
    const { listener } = await echo({ ...material('pbx'), clients: { authorities: AUTHORITY, required: true } });
    expect(await reached(listener.bound, strict('pbx.example'), new SystemTls(material('phone')))).toBe('up: hello');
    expect(await reached(listener.bound, strict('pbx.example'))).not.toContain('up');
  });

  test('a peer that speaks no TLS, or is not there, says so', async () => {
    const { listener } = await echo(material('pbx'));
    await listener.close();
    expect(await reached(listener.bound, strict('pbx.example'))).toBe('refused: ECONNREFUSED');
  });
});
