import { recordOf, replay } from '@vats/calls';
import type { FakeMediaCall, MediaCommand } from '@vats/media/testing';
import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { end } from './acts.ts';
import { COMPANY, pbxUser } from './company.ts';
import { fragment, refers } from './transfer-acts.ts';

const withMenu = (menu: string, more = '') => ({
  users: pbxUser(),
  pbx: `${COMPANY.replace('channels: 10, to: "201"', 'scheme: main')}schemes: [{ name: main, open: [{ menu: ${menu} }] }]\n${more}`,
});
const KEYS = 'keys: { "1": { ring: "201" }, "2": { ring: "600" } }';
const PLAIN = withMenu(`{ prompt: main-menu, ${KEYS}, otherwise: { ring: "202" } }`);
const DIALLED = withMenu(`{ prompt: main-menu, ${KEYS}, extension: true, otherwise: { hangup: normal } }`);

const mediaOf = (world: World): FakeMediaCall =>
  world.media.calls.findLast(({ commands }) => commands.some(({ do: what }) => what === 'open-leg'))!;

type Collect = Extract<MediaCommand, { do: 'collect' }>;

/** The newest order to gather keys. */
const asked = (world: World): Collect['order'] =>
  mediaOf(world).commands.findLast((command) => command.do === 'collect')!.order;

/** The names of the prompts that are being played. */
function hears(world: World): string[] {
  const last = mediaOf(world).commands.findLast(({ do: what }) => what === 'play' || what === 'stop-playing');
  if (last?.do !== 'play') return [];
  return last.order.items.map((item) => ('file' in item ? item.file.replace(/^.*\/|\.wav$/g, '') : '?'));
}

/** The caller presses these keys one after the other, the first of which interrupts what is heard; `world` tells what that led to. */
function presses(world: World, keys: string): void {
  const media = mediaOf(world);
  const { id, bargeIn } = asked(world);
  const play = media.commands.findLast((command) => command.do === 'play')!;
  if (bargeIn) media.emit({ kind: 'played', leg: 'a', play: play.order.id, why: 'stopped', playedMs: 700 });
  for (let length = 1; length <= keys.length; length++) {
    media.emit({ kind: 'key', leg: 'a', collect: id, digits: keys.slice(0, length) });
  }
  world.passes(0);
  if (isGoingBy(world)) waits(world);
}

/** Whether what the caller presses goes by, since what they pressed before means nothing. */
const isGoingBy = (world: World): boolean => asked(world).firstMs === 1_000;

/** No key comes, or no further one. */
function waits(world: World, digits = ''): void {
  const why = digits === '' ? 'nothing' : 'time-out';
  mediaOf(world).emit({ kind: 'collected', leg: 'a', collect: asked(world).id, digits, why });
  world.passes(0);
}

/** What is being played comes to its end. */
function heard(world: World): void {
  const media = mediaOf(world);
  const { order } = media.commands.findLast((command) => command.do === 'play')!;
  media.emit({ kind: 'played', leg: 'a', play: order.id, why: 'ended', playedMs: 2_000 });
  world.passes(0);
}

function callsIn(itsp: Actor): void {
  itsp.invites('84951234567');
  itsp.hears('200 INVITE');
}

/** The phone that rings takes the call, and the caller hangs up. */
function talks(itsp: Actor, phone: Actor): void {
  phone.answers();
  phone.expects('ACK');
  end(itsp, phone);
}

describe('a menu', () => {
  scenario(
    'answers, is heard, and the phone of the key that is pressed rings; the history tells the key',
    { ends: 'caller-hung-up', ...PLAIN },
    ({ itsp, alice, world }) => {
      callsIn(itsp);
      expect(hears(world)).toEqual(['main-menu']);
      expect(asked(world)).toMatchObject({ most: 2, firstMs: 5_000, betweenMs: 2_000, bargeIn: true, tells: true });
      alice.hearsNothing();
      presses(world, '1');
      alice.rings();
      talks(itsp, alice);
      const record = recordOf(world.events)!;
      expect(record.explain.slice(-2)).toEqual([
        'menu main-menu: the caller pressed 1',
        expect.stringContaining('scheme main rings 201'),
      ]);
      expect(record.story).toContainEqual(
        expect.objectContaining({ type: 'menu.answered', prompt: 'main-menu', keys: '1', outcome: 'key 1' }),
      );
      expect(replay(record, world.running.model.directory)).toMatchObject({ verdict: 'same' });
    },
  );

  scenario('whoever presses nothing comes to its otherwise', { ends: 'caller-hung-up', ...PLAIN }, (scene) => {
    const { itsp, bob, world } = scene;
    callsIn(itsp);
    heard(world);
    waits(world);
    talks(itsp, bob);
  });

  scenario('so does whoever presses a key that it has not', { ends: 'caller-hung-up', ...PLAIN }, (scene) => {
    const { itsp, bob, world } = scene;
    callsIn(itsp);
    presses(world, '7');
    talks(itsp, bob);
    expect(world.events).toContainEqual(
      expect.objectContaining({ type: 'menu.answered', keys: '7', outcome: 'wrong-key' }),
    );
  });

  scenario(
    'the rest of a number that nobody has chooses nothing: it goes by, until the caller is quiet',
    {
      ends: 'caller-hung-up',
      ...withMenu(`{ prompt: main-menu, ${KEYS}, extension: true, repeat: 2, otherwise: { ring: "202" } }`),
    },
    ({ itsp, alice, world }) => {
      callsIn(itsp);
      const media = mediaOf(world);
      const first = asked(world).id;
      for (const digits of ['2', '29']) media.emit({ kind: 'key', leg: 'a', collect: first, digits });
      expect(isGoingBy(world)).toBe(true);
      media.emit({ kind: 'key', leg: 'a', collect: asked(world).id, digits: '1' });
      world.passes(0);
      alice.hearsNothing();
      waits(world, '1');
      expect(hears(world)).toEqual(['main-menu']);
      expect(isGoingBy(world)).toBe(false);
      presses(world, '1');
      alice.rings();
      talks(itsp, alice);
    },
  );

  scenario(
    'is asked again as often as it says, each time with the prompt of its rule before it',
    {
      ends: 'caller-hung-up',
      ...withMenu(
        `{ prompt: main-menu, ${KEYS}, repeat: 3, noKey: { prompt: nothing-chosen }, wrongKey: { prompt: wrong-choice, next: repeat }, otherwise: { ring: "202" } }`,
      ),
    },
    ({ itsp, bob, world }) => {
      callsIn(itsp);
      waits(world);
      expect(hears(world)).toEqual(['nothing-chosen', 'main-menu']);
      presses(world, '5');
      expect(hears(world)).toEqual(['wrong-choice', 'main-menu']);
      waits(world);
      expect(hears(world)).toEqual(['nothing-chosen']);
      bob.hearsNothing();
      heard(world);
      talks(itsp, bob);
    },
  );

  scenario(
    'a rule may lead to a step of its own',
    {
      ends: 'caller-hung-up',
      ...withMenu(
        `{ prompt: main-menu, ${KEYS}, repeat: 3, wrongKey: { prompt: wrong-choice, next: { ring: "203" } }, otherwise: { ring: "202" } }`,
      ),
      cast: ['alice', 'bob', 'carol'],
    },
    ({ itsp, carol, world }) => {
      callsIn(itsp);
      presses(world, '5');
      expect(hears(world)).toEqual(['wrong-choice']);
      heard(world);
      talks(itsp, carol);
    },
  );

  scenario(
    'a prompt that no key interrupts is heard to its end',
    {
      ends: 'caller-hung-up',
      ...withMenu(`{ prompt: main-menu, ${KEYS}, bargeIn: false, otherwise: { ring: "202" } }`),
    },
    ({ itsp, alice, world }) => {
      callsIn(itsp);
      expect(asked(world).bargeIn).toBe(false);
      presses(world, '1');
      alice.hearsNothing();
      heard(world);
      talks(itsp, alice);
    },
  );

  scenario(
    'an extension is dialled there; a key that may be its beginning waits for the next',
    { ends: ['caller-hung-up', 'caller-hung-up'], ...DIALLED },
    ({ itsp, alice, bob, world }) => {
      callsIn(itsp);
      presses(world, '20');
      alice.hearsNothing();
      bob.hearsNothing();
      presses(world, '202');
      talks(itsp, bob);
      expect(recordOf(world.events)?.explain.at(-1)).toContain('menu main-menu: the caller dialled 202, bobby');
      world.passes(0);
      callsIn(itsp);
      presses(world, '2');
      alice.hearsNothing();
      waits(world, '2');
      talks(itsp, alice);
    },
  );

  scenario(
    'a caller of a trunk may dial nobody outside in it',
    { ends: 'plan-ended', ...DIALLED },
    ({ itsp, world }) => {
      callsIn(itsp);
      presses(world, '89161234567');
      expect(itsp.expects('BYE').value('Reason')).toContain('cause=16');
    },
  );

  scenario(
    'menus stand within each other, and conferences are dialled in them',
    {
      ends: 'caller-hung-up',
      ...withMenu(
        '{ prompt: main-menu, keys: { "*": { menu: { prompt: enter-extension, keys: { "#": { hangup: busy } }, extension: ["7xx"] } } } }',
        'conferences: [{ extension: "700", name: Weekly }]\n',
      ),
    },
    ({ itsp, world }) => {
      callsIn(itsp);
      presses(world, '*');
      expect(hears(world)).toEqual(['enter-extension']);
      presses(world, '700');
      expect(mediaOf(world).commands.some((command) => command.do === 'join-room')).toBe(true);
      itsp.hangsUp();
      itsp.hears('200 BYE');
    },
  );

  const GUARDED = withMenu(
    `{ prompt: main-menu, ${KEYS}, pins: { "1": "48213" }, repeat: 2, wrongKey: { prompt: wrong-choice }, otherwise: { hangup: normal } }`,
  );

  scenario(
    'asks for the PIN of a key, which the story never tells',
    { ends: 'caller-hung-up', ...GUARDED },
    ({ itsp, alice, world }) => {
      callsIn(itsp);
      presses(world, '1');
      expect(hears(world)).toEqual(['enter-pin']);
      waits(world, '11111');
      expect(hears(world)).toEqual(['wrong-pin', 'enter-pin']);
      waits(world, '48213');
      talks(itsp, alice);
      expect(JSON.stringify(world.events)).not.toMatch(/48213|11111/);
    },
  );

  scenario(
    'a PIN that is keyed in before it is asked for is not told either',
    { ends: 'plan-ended', ...GUARDED },
    ({ itsp, world }) => {
      callsIn(itsp);
      waits(world, '48213');
      waits(world);
      itsp.expects('BYE');
      expect(JSON.stringify(world.events)).not.toContain('48213');
    },
  );

  scenario(
    'whoever does not give the PIN is asked for a key again, without a word of a wrong one',
    { ends: 'plan-ended', ...GUARDED },
    ({ itsp, world }) => {
      callsIn(itsp);
      presses(world, '1');
      for (let nth = 0; nth < 3; nth++) waits(world, '11111');
      expect(hears(world)).toEqual(['main-menu']);
      waits(world);
      itsp.expects('BYE');
      expect(world.events).toContainEqual(
        expect.objectContaining({ type: 'menu.answered', keys: '1', outcome: 'wrong-pin' }),
      );
    },
  );

  scenario(
    'keys come in another way after a re-INVITE, and those before it count',
    { ends: 'caller-hung-up', ...DIALLED },
    ({ itsp, bob, world }) => {
      callsIn(itsp);
      presses(world, '2');
      const { id } = asked(world);
      itsp.reinvites({ sdp: itsp.call.sdp({ codecs: ['8 PCMA/8000', '96 telephone-event/8000'] }) });
      itsp.hears('200 INVITE');
      mediaOf(world).emit({ kind: 'collected', leg: 'a', collect: id, digits: '2', why: 'stopped' });
      presses(world, '02');
      talks(itsp, bob);
    },
  );

  scenario('hold and resume during it change nothing', { ends: 'caller-hung-up', ...PLAIN }, (scene) => {
    const { itsp, alice, world } = scene;
    callsIn(itsp);
    const { id } = asked(world);
    itsp.holds();
    itsp.hears('200 INVITE');
    itsp.resumes();
    itsp.hears('200 INVITE');
    expect(asked(world).id).toBe(id);
    presses(world, '1');
    talks(itsp, alice);
  });

  scenario(
    'whose prompt is gone while it plays still takes keys',
    { ends: 'caller-hung-up', ...PLAIN },
    ({ itsp, alice, world }) => {
      callsIn(itsp);
      const { order } = mediaOf(world).commands.findLast((command) => command.do === 'play')!;
      mediaOf(world).emit({ kind: 'played', leg: 'a', play: order.id, why: 'failed', playedMs: 9, detail: 'gone' });
      expect(world.events).toContainEqual(expect.objectContaining({ type: 'prompt.failed', prompt: 'main-menu' }));
      const media = mediaOf(world);
      media.emit({ kind: 'key', leg: 'a', collect: asked(world).id, digits: '1' });
      world.passes(0);
      talks(itsp, alice);
    },
  );

  scenario(
    'that there is not, or that the caller can not hear, is passed by, and the call is not answered for it',
    {
      ends: ['caller-hung-up', 'caller-hung-up'],
      ...withMenu('{ prompt: none-such, keys: { "1": { ring: "201" } }, repeat: 3, otherwise: { ring: "202" } }'),
    },
    ({ itsp, bob, world }) => {
      itsp.invites('84951234567');
      bob.answers();
      itsp.hears('200 INVITE');
      bob.expects('ACK');
      end(itsp, bob);
      world.passes(0);
      const codecs = ['18 G729/8000'];
      itsp.invites('84951234567', { sdp: itsp.phone.sdp({ codecs }) });
      bob.answers({ sdp: bob.phone.sdp({ codecs }) });
      itsp.hears('200 INVITE');
      bob.expects('ACK');
      end(itsp, bob);
      expect(recordOf(world.events)?.explain).toContain('menu none-such could not be played');
    },
  );

  scenario('whoever hangs up in it has given up', { ends: 'caller-cancelled', ...PLAIN }, ({ itsp, alice, world }) => {
    callsIn(itsp);
    itsp.hangsUp();
    itsp.hears('200 BYE');
    // What the media plane says of it by then is nothing to anybody.
    presses(world, '1');
    alice.hearsNothing();
    expect(recordOf(world.events)).toMatchObject({ result: 'missed' });
  });

  scenario(
    'whoever hangs up while the PIN of a key is asked for leaves nothing behind',
    { ends: 'caller-cancelled', ...GUARDED },
    ({ itsp, world }) => {
      callsIn(itsp);
      presses(world, '1');
      itsp.hangsUp();
      itsp.hears('200 BYE');
    },
  );

  scenario('a flood of keys is one wrong choice', { ends: 'caller-hung-up', ...PLAIN }, ({ itsp, bob, world }) => {
    callsIn(itsp);
    presses(world, '9'.repeat(120));
    talks(itsp, bob);
    expect(world.events.filter(({ type }) => type === 'menu.answered')).toHaveLength(1);
  });

  scenario(
    'a party that a transfer sends there hears it, and the transferor has done with them once they have chosen',
    { ends: 'caller-hung-up', ...PLAIN },
    ({ itsp, alice, bob, world }) => {
      callsIn(itsp);
      waits(world);
      bob.answers();
      bob.expects('ACK');
      refers(bob, '+74951234567');
      bob.hears('202 REFER');
      bob.expects('NOTIFY');
      expect(hears(world)).toEqual(['main-menu']);
      presses(world, '1');
      alice.answers();
      alice.expects('ACK');
      expect(fragment(bob.expects('NOTIFY'))[0]).toBe('SIP/2.0 200 OK');
      bob.expects('BYE');
      end(itsp, alice);
    },
  );
});
