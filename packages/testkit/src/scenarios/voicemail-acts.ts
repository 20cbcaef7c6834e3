import type { FakeMediaCall, MediaCommand } from '@vats/media/testing';
import type { Actor } from '../actor.ts';
import type { World } from '../world.ts';

/** A company whose Bob has voicemail after 20 s; @param more of its voicemail settings */
export const voicemailOf = (more = ''): { pbx: string; users: string } => ({
  pbx: [
    `language: en`,
    `voicemail: { least: 2s${more} }`,
    'groups: [{ extension: "600", name: Sales, members: ["201"], ring: 5s, noAnswer: voicemail }]',
    '',
  ].join('\n'),
  users:
    '  - { extension: "220", name: Away, devices: [{ login: away, password: Vf5kNm7Z }], forward: { always: voicemail } }',
});

/** The other side of what a media plane is told in a call. */
export class Sounds {
  readonly #world: World;
  readonly media: FakeMediaCall;

  /** @param nth of the calls that have a leg */
  constructor(world: World, nth = -1) {
    this.#world = world;
    this.media = world.media.calls.filter(({ commands }) => commands.some((each) => each.do === 'open-leg')).at(nth)!;
  }

  /** The names of the prompts that are being played, or the tone, or the file of a message. */
  get playing(): string[] {
    const last = this.#last('play', 'stop-playing');
    if (last?.do !== 'play') return [];
    return last.order.items.map((item) => {
      if ('tone' in item) return item.tone;
      if (!('file' in item)) return '?';
      return item.file.startsWith('/scenario/voicemail/') ? 'SOUND' : item.file.replace(/^.*\/|\.wav$/g, '');
    });
  }

  /** What is being played comes to its end. */
  ends(why: 'ended' | 'failed' = 'ended'): void {
    const order = this.media.commands.findLast((command) => command.do === 'play')!;
    this.media.emit({ kind: 'played', leg: order.leg, play: order.order.id, why, playedMs: 1_000 });
    this.#world.passes(0);
  }

  /** The caller presses a key that ends what is said, or several and a hash. */
  keys(
    digits: string,
    why: 'complete' | 'terminator' | 'nothing' = digits.length === 1 ? 'complete' : 'terminator',
  ): void {
    const playing = this.#last('play', 'stop-playing');
    const collect = this.media.commands.findLast((command) => command.do === 'collect')!;
    if (playing?.do === 'play' && collect.order.bargeIn && why !== 'nothing') {
      this.media.emit({ kind: 'played', leg: 'a', play: playing.order.id, why: 'stopped', playedMs: 500 });
    }
    const isTerminator = digits === '#' && collect.order.terminators?.includes('#') === true;
    this.media.emit({
      ...{ kind: 'collected', leg: collect.leg, collect: collect.order.id },
      ...(isTerminator ? { digits: '', why: 'terminator', terminator: '#' } : { digits, why }),
    });
    this.#world.passes(0);
  }

  /** Nothing is pressed. */
  waits(): void {
    this.ends();
    this.keys('', 'nothing');
  }

  get recording(): string | undefined {
    return this.media.recording?.path;
  }

  /** The recording has ended because nothing was heard; so much of it is kept. */
  fallsSilent(durationMs: number): void {
    const path = this.media.recording!.path;
    this.media.emit({ kind: 'recording-finished', path, law: 'PCMA', durationMs, octets: 0, why: 'quiet' });
    this.#world.passes(0);
  }

  #last(...kinds: MediaCommand['do'][]): MediaCommand | undefined {
    return this.media.commands.findLast(({ do: what }) => kinds.includes(what));
  }
}

/** Calls somebody whose calls all go to voicemail, hears the greeting and the tone, and is recorded. */
export function speaksTo(world: World, caller: Actor, box = '220'): Sounds {
  caller.invites(box);
  caller.hears('200 INVITE');
  const sounds = new Sounds(world);
  sounds.ends();
  sounds.ends();
  return sounds;
}

/** Leaves a message of this length, and hangs up. */
export function leavesMessage(world: World, caller: Actor, milliseconds = 5_000, box = '220'): void {
  speaksTo(world, caller, box);
  world.passes(milliseconds);
  caller.hangsUp();
  caller.hears('200 BYE');
  world.passes(0);
}
