import { describe, expect } from 'vitest';
import { SWITCH } from '../cast.ts';
import { scenario } from '../scenario.ts';

describe('requests outside of calls', () => {
  scenario('OPTIONS is answered to anybody', { ends: [], cast: [] }, ({ alice }) => {
    alice.asks('OPTIONS');
    const answer = alice.hears('200 OPTIONS');
    expect(answer.list('Allow')).toEqual(
      expect.arrayContaining(['INVITE', 'ACK', 'BYE', 'CANCEL', 'OPTIONS', 'REGISTER']),
    );
  });

  for (const [method, status] of [
    ['REFER', 403],
    ['INFO', 481],
    ['BYE', 481],
    ['UNHEARDOF', 501],
  ] as const) {
    scenario(`${method} gets ${status}`, { ends: [] }, ({ alice }) => {
      alice.asks(method, { headers: [['Event', 'presence']] });
      alice.hears(`${status} ${method}`);
    });
  }

  scenario('RFC 3261 §8.2.2.1: a scheme that nobody knows gets 416', { ends: [] }, ({ alice }) => {
    alice.asks('MESSAGE', { uri: 'isbn:2983792873' });
    alice.hears('416 MESSAGE');
  });

  scenario('RFC 3261 §7.3.2: header fields that belong to responses are ignored', { ends: [] }, ({ alice }) => {
    const headers = [
      ['RSeq', 'x'],
      ['WWW-Authenticate', 'Digest realm="evil.example", nonce="n"'],
      ['Unsupported', ';;'],
      ['Retry-After', '-1'],
    ] as const;
    alice.asks('OPTIONS', { headers });
    alice.hears('200 OPTIONS');
  });

  scenario('NOTIFY keep-alive gets 200', { ends: [] }, ({ alice }) => {
    alice.asks('NOTIFY', { headers: [['Event', 'keep-alive']] });
    alice.hears('200 NOTIFY');
    alice.asks('NOTIFY', { headers: [['Event', 'check-sync']] });
    alice.hears('481 NOTIFY');
  });

  for (const method of ['INVITE', 'SUBSCRIBE', 'MESSAGE', 'PUBLISH', 'REGISTER']) {
    scenario(
      `${method} without credentials is challenged and leaves nothing behind`,
      { ends: [], cast: [] },
      ({ alice, world }) => {
        alice.manners.authenticates = false;
        alice.manners.acknowledges = false;
        if (method === 'INVITE') alice.invites('202');
        else if (method === 'REGISTER') alice.phone.register();
        else alice.asks(method);
        alice.hears(method === 'REGISTER' ? 401 : 407);
        expect(world.leftovers()).toEqual([]);
        world.passes(5_000);
        expect(world.network.wire).toHaveLength(2);
      },
    );
  }

  scenario('the same challenge to every repetition, each once', { ends: [], cast: [] }, ({ alice, world }) => {
    alice.manners.authenticates = false;
    alice.manners.acknowledges = false;
    alice.invites('202');
    alice.hears(407);
    const { octets } = alice.call.sent ?? {};
    if (octets !== undefined) alice.phone.wire.send(octets, SWITCH);
    world.passes(0);
    const tags = world.network
      .sent('407 INVITE')
      .map((message) => /^To:.*;tag=(.*)\r$/m.exec(message.octets.toString())?.[1]);
    expect(tags).toHaveLength(2);
    // One response, however often it is given, is from one server (RFC 3261 §8.2.7).
    expect(new Set(tags).size).toBe(1);
    while (alice.phone.inbox.responses.length > 0) alice.hears(407);
    alice.acknowledges();
  });

  scenario('a wrong password does not call', { ends: [], cast: [] }, ({ alice, world }) => {
    Object.assign(alice.phone.settings, { password: 'wrong' });
    alice.invites('202');
    alice.hears('407 INVITE');
    expect(world.leftovers()).toEqual([]);
  });

  scenario(
    'a user that does not exist is answered as one with a wrong password',
    { ends: [], cast: [] },
    ({ alice, world }) => {
      Object.assign(alice.phone.settings, { password: 'wrong' });
      alice.invites('202');
      alice.hears('407 INVITE');
      Object.assign(alice.phone.settings, { login: 'nosuchuser' });
      alice.invites('202');
      alice.hears('407 INVITE');
      const shapes = world.network
        .sent('407 INVITE')
        .map(({ octets }) =>
          octets.toString().replace(/(nonce=")[^"]*|(tag=|branch=)\w+|alice|nosuchuser|Call-ID: \w+/g, '$1$2'),
        );
      expect(new Set(shapes.slice(1, 2)).size).toBe(1);
      expect(shapes[3]).toBe(shapes[1]);
    },
  );
});
