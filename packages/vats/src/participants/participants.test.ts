import type { CallEvent, Party } from '@vats/calls';
import { expect, test } from 'vitest';
import type { Participant } from './participant.ts';
import { Participants } from './participants.ts';

type Told = { readonly type: CallEvent['type'] } & Readonly<Record<string, unknown>>;

const party = (extension: string): Party => ({ number: extension, extension });

function ground() {
  const participants = new Participants();
  const there = new Map<string, Participant>();
  const talks: string[] = [];
  participants.tell({
    participantChanged: (before, after) => {
      if (before !== undefined) there.delete(`${before.call} ${before.place}`);
      if (after !== undefined) there.set(`${after.call} ${after.place}`, after);
    },
    conversationEnded: ({ from, by, endedAt, startedAt }) =>
      talks.push(`${from.number} with ${by.number}, ${endedAt - startedAt} ms`),
  });
  let seq = 0;
  const tell = (call: string, event: Told): void =>
    participants.note({ call, seq: ++seq, at: seq * 10, ...event } as never);
  const starts = (call: string, from: Party, dialled: string, more: object = {}): void =>
    tell(call, { type: 'call.started', domain: 'acme', domainId: 'd1', from, dialled, sipCallId: '', ...more });
  const talk = (call: string, leg: string, to: Party): void => {
    tell(call, { type: 'leg.started', leg, party: to, flow: 'f' });
    tell(call, { type: 'call.answered', leg, party: to });
  };
  const shows = (): string[] =>
    [...there].map(([key, { party: who, state, dialled, remote }]) =>
      [key, who.number, dialled ? 'dialled' : 'was called', state, remote?.number ?? '-'].join(', '),
    );
  return { participants, starts, talk, tell, talks, shows };
}

test('whom an attended transfer brings is on the phone all the time, and dialled where they dialled', () => {
  const { participants, starts, talk, tell, talks, shows } = ground();
  starts('x', party('201'), '202');
  talk('x', 'b1', party('202'));
  starts('y', party('203'), '202');
  talk('y', 'b1', party('202'));
  const more = { byParty: party('202'), remains: 'a', party: party('201'), to: '203', with: 'y' };
  tell('x', { type: 'transfer.started', how: 'attended', by: 'b1', ...more });
  expect(shows()).toContain('x a, 201, dialled, confirmed, 203');
  tell('y', { type: 'transfer.joined', leg: 'a', into: 'x' });
  tell('y', { type: 'leg.ended', leg: 'a' });
  tell('x', { type: 'leg.started', leg: 'b2', party: party('203'), flow: 'f', joined: 'y' });
  expect(shows()).toContain('x b2, 203, dialled, confirmed, 201');
  tell('y', { type: 'call.ended' });
  tell('x', { type: 'call.answered', leg: 'b2', party: party('203') });
  tell('x', { type: 'leg.ended', leg: 'b1' });
  expect(shows()).toEqual(['x b2, 203, dialled, confirmed, 201', 'x a, 201, dialled, confirmed, 203']);
  tell('x', { type: 'call.ended' });
  expect(talks).toEqual(['201 with 202, 40 ms', '203 with 202, 30 ms', '201 with 203, 20 ms']);
  expect([shows(), participants.size]).toEqual([[], 0]);
});

test('a transfer that fails gives the two back to each other', () => {
  const { starts, talk, tell, talks, shows } = ground();
  starts('x', party('201'), '202');
  talk('x', 'b1', party('202'));
  const more = { byParty: party('202'), remains: 'a', party: party('201'), to: '204' };
  tell('x', { type: 'transfer.started', how: 'blind', by: 'b1', ...more });
  expect(shows()).toEqual(['x b1, 202, was called, confirmed, 201', 'x a, 201, dialled, confirmed, 204']);
  tell('x', { type: 'transfer.failed', by: 'b1', failure: 'callee-busy', returned: true });
  expect(shows()).toContain('x a, 201, dialled, confirmed, 202');
  tell('x', { type: 'leg.ended', leg: 'b1' });
  expect(talks).toEqual(['201 with 202, 10 ms', '201 with 202, 10 ms']);
});

test('a caller who goes on to somebody else is on the phone with them, as they came', () => {
  const { starts, talk, tell, shows } = ground();
  starts('x', { number: '+74951234567' }, '600', { trunk: 'itsp' });
  talk('x', 'b1', party('202'));
  tell('x', { type: 'leg.ended', leg: 'b1' });
  expect(shows()).toEqual([]);
  talk('x', 'b2', party('203'));
  expect(shows()).toEqual([
    'x b2, 203, was called, confirmed, +74951234567',
    'x a, +74951234567, dialled, confirmed, 203',
  ]);
});

test('who asked not to be named is shown as nobody’s other party, and is a participant all the same', () => {
  const { starts, tell, talks, shows } = ground();
  starts('x', party('201'), '600');
  tell('x', { type: 'leg.started', leg: 'b1', party: party('202'), flow: 'f' });
  tell('x', { type: 'call.answered', leg: 'b1', party: party('202'), hides: true });
  expect(shows()).toEqual(['x b1, 202, was called, confirmed, 201', 'x a, 201, dialled, confirmed, -']);
  const more = { byParty: party('202'), remains: 'a', party: party('201'), to: '204' };
  tell('x', { type: 'transfer.started', how: 'blind', by: 'b1', ...more });
  tell('x', { type: 'transfer.failed', by: 'b1', failure: 'callee-busy', returned: true });
  expect(shows()).toContain('x a, 201, dialled, confirmed, -');
  tell('x', {
    type: 'transfer.started',
    how: 'blind',
    by: 'a',
    ...more,
    byParty: party('201'),
    remains: 'b1',
    party: party('202'),
  });
  tell('x', { type: 'leg.started', leg: 'b2', party: party('204'), flow: 'f' });
  expect(shows()).toContain('x b2, 204, was called, trying, -');
  tell('x', { type: 'call.ended' });
  expect(talks).toHaveLength(2);
});
