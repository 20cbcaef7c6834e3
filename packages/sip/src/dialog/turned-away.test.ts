import { expect, test } from 'vitest';
import { endOf, phoneCalled } from './testing/calls.ts';
import { RawPeer } from './testing/raw-peer.ts';
import { SWITCH, world } from './testing/world.ts';

test('a request in no dialog of ours, or from where its peer cannot be, is answered only to whom the wiring lets us answer', async () => {
  const call = await phoneCalled();
  const { at } = call;
  const asked: string[] = [];
  let may = false;
  at.dialogs.mayAnswer = ({ method }) => {
    asked.push(method);
    return may;
  };
  const host = (address: string) => RawPeer.overUdp(at.net.host(address), { address, port: 5060 }, SWITCH);
  const thief = await host('10.6.6.6');
  const stranger = await host('10.6.6.7');
  thief.succeed(at.phone);
  thief.seq = 50;
  const both = (): string[] => {
    thief.send('INFO');
    stranger.send('INFO', { toTag: 'nosuch' });
    at.clock.advance(50);
    return [...thief.heard, ...stranger.heard];
  };
  expect(both()).toEqual([]);
  may = true;
  expect(both()).toEqual(['403 INFO', '481 INFO']);
  expect(asked).toEqual(['INFO', 'INFO', 'INFO', 'INFO']);
  expect(endOf(call)).toEqual([]);
  expect(asked).toHaveLength(4);
});

test('before anybody has wired it, the same holds for what is in no dialog', async () => {
  const at = await world();
  at.dialogs.mayAnswer = () => false;
  at.phone.invite();
  at.clock.advance(50);
  expect(at.phone.heard).toEqual([]);
  at.dialogs.mayAnswer = () => true;
  at.phone.invite();
  at.clock.advance(50);
  expect(at.phone.heard).toEqual(['503 INVITE']);
  expect(at.leftovers()).toEqual([]);
});
