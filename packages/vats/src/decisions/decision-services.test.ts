import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DecisionAnswer, DecisionQuestion } from '@vats/calls';
import { Ledger } from '@vats/kernel';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DecisionServices } from './decision-services.ts';

const QUESTION: DecisionQuestion = {
  ...{ call: 'x1', domain: 'acme.example', from: '+79161234567', to: '+74951234567', keys: ['1', '201'] },
};

let server: Server;
let port: number;
let serves: RequestListener;
let asked: number;
let ledger: Ledger;

beforeEach(async () => {
  asked = 0;
  ledger = new Ledger();
  server = createServer((request, response) => {
    asked++;
    serves(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  for (let turn = 0; turn < 1_000 && ledger.leftovers([]).length > 0; turn++) await new Promise(setImmediate);
  expect(ledger.leftovers([])).toEqual([]);
});

function ask(
  path = '/',
  options: Partial<ConstructorParameters<typeof DecisionServices>[0]> = {},
): Promise<DecisionAnswer> {
  const services = new DecisionServices({ allow: ['127.0.0.1'], ledger, ...options });
  const url = path.startsWith('http') ? path : `http://127.0.0.1:${port}${path}`;
  return new Promise((resolve) => {
    services.ask(url, QUESTION, (answer) => setImmediate(() => resolve(answer)));
  });
}

test('a service is told of the call by a POST, and its answer comes back', async () => {
  let told = '';
  serves = (request, response) => {
    request.on('data', (part) => {
      told += part;
    });
    request.on('end', () => response.end(JSON.stringify([request.method, request.headers['content-type']])));
  };
  expect(await ask()).toEqual({ ok: true, text: '["POST","application/json"]' });
  expect(JSON.parse(told)).toEqual(QUESTION);
});

test('a redirect is not followed, and another status is no answer', async () => {
  serves = (_, response) => response.writeHead(302, { Location: '/elsewhere' }).end();
  expect(await ask()).toEqual({ ok: false, why: 'it answers 302, and redirects are not followed' });
  expect(asked).toBe(1);
  serves = (_, response) => response.writeHead(500).end('{"ring":"201"}');
  expect(await ask()).toEqual({ ok: false, why: 'it answers 500' });
});

test('an answer without end is read so far, one that breaks off is none', async () => {
  serves = (_, response) => {
    const more = (): void => void (response.destroyed || response.write('x'.repeat(4_096), () => setImmediate(more)));
    more();
  };
  expect(await ask()).toEqual({ ok: false, why: 'it answers more than 8192 octets' });
  serves = (_, response) => {
    response.writeHead(200, { 'Content-Length': 100 });
    response.write('{"ring"', () => response.destroy());
  };
  expect(await ask()).toEqual({ ok: false, why: 'its answer breaks off' });
  serves = (request) => request.socket.end('no HTTP\r\n\r\n');
  expect(await ask()).toMatchObject({ ok: false });
});

test('nobody is asked at an internal address that the settings do not name, however it is written', async () => {
  const refused = { ok: false, why: 'it is at an internal address, which decisions.allow does not name' };
  for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]', '169.254.169.254']) {
    expect([host, await ask(`http://${host}:${port}/`, { allow: [] })]).toEqual([host, refused]);
  }
  const resolve = async () => ['10.0.0.7', '127.0.0.1'];
  expect(await ask(`http://crm.example:${port}/`, { allow: [], resolve })).toEqual(refused);
  expect(asked).toBe(0);
});

test('of a name those addresses are asked that may be, and no other look-up comes between', async () => {
  serves = (request, response) => response.end(request.headers.host);
  let looked = 0;
  const resolve = async () => {
    looked++;
    return looked === 1 ? ['10.0.0.7', '127.0.0.1'] : ['10.0.0.7'];
  };
  expect(await ask(`http://crm.example:${port}/`, { resolve })).toEqual({ ok: true, text: `crm.example:${port}` });
  expect(looked).toBe(1);
});

test('a name that is nowhere, a port that nobody listens on', async () => {
  const resolve = async () => [];
  expect(await ask('http://crm.example/', { resolve })).toEqual({ ok: false, why: 'crm.example has no address' });
  const { port: closed } = await new Promise<AddressInfo>((found) => {
    const other = createServer().listen(0, '127.0.0.1', () => {
      const address = other.address() as AddressInfo;
      other.close(() => found(address));
    });
  });
  expect(await ask(`http://127.0.0.1:${closed}/`)).toEqual({ ok: false, why: 'ECONNREFUSED' });
});

test('whoever gives up is told nothing, and nothing is under way any more', async () => {
  let answer = 0;
  const isAsked = new Promise<void>((resolve) => {
    serves = () => resolve();
  });
  const services = new DecisionServices({ allow: ['127.0.0.1'], ledger });
  const giveUp = services.ask(`http://127.0.0.1:${port}/`, QUESTION, () => answer++);
  await isAsked;
  const gone = new Promise<void>((resolve) => {
    const look = (): void => void server.getConnections((_, open) => (open === 0 ? resolve() : setImmediate(look)));
    giveUp();
    look();
  });
  await gone;
  expect(answer).toBe(0);
});

test('a domain has so many questions under way, whatever the others ask, and one more has no answer', async () => {
  const resolve = (): Promise<readonly string[]> => new Promise(() => {});
  const services = new DecisionServices({ allow: [], ledger, resolve });
  const refused = { ok: false, why: 'too many services are asked at once for this domain' };
  const answers: DecisionAnswer[] = [];
  const ask = (domain: string) =>
    services.ask('https://crm.example/', { ...QUESTION, domain }, (answer) => answers.push(answer));
  const under = Array.from({ length: 20 }, () => ask('acme.example'));
  ask('acme.example');
  const other = ask('other.example');
  await new Promise(setImmediate);
  expect(answers).toEqual([refused]);
  expect(ledger.leftovers([])).toHaveLength(1);
  under.shift()?.();
  for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
  under.push(ask('acme.example'));
  await new Promise(setImmediate);
  expect(answers).toHaveLength(1);
  for (const giveUp of [...under, other]) giveUp();
});
