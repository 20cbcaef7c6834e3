import type { CallEvent, Party } from '@vats/calls';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Participants } from '../participants/participants.ts';
import { Lamps } from './lamps.ts';
import { resourceKey } from './resource.ts';

type Told = { readonly type: CallEvent['type'] } & Readonly<Record<string, unknown>>;

const employee = (name: string): string => resourceKey({ domain: 'd1', kind: 'employee', name });
const trunk = (name: string): string => resourceKey({ domain: 'd1', kind: 'trunk', name });
const party = (extension: string): Party => ({ number: extension, extension, login: `desk${extension}` });

function ground() {
  const changes: string[] = [];
  const lamps = new Lamps((resource) => changes.push(resource));
  const participants = new Participants();
  participants.tell(lamps);
  let seq = 0;
  const tell = (call: string, event: Told): void => participants.note({ call, seq: ++seq, at: 0, ...event } as never);
  const starts = (call: string, from: Party, dialled: string, more: object = {}): void =>
    tell(call, { type: 'call.started', domain: 'acme', domainId: 'd1', from, dialled, sipCallId: '', ...more });
  const rings = (call: string, leg: string, to: Party, more: object = {}): void => {
    tell(call, { type: 'leg.started', leg, party: to, flow: 'f', ...more });
    tell(call, { type: 'leg.ringing', leg, status: 180, earlyMedia: false });
  };
  const shows = (resource: string): string[] =>
    lamps.of(resource).map(({ direction, state, remote }) => `${direction} ${state} ${remote?.number ?? ''}`.trim());
  return { lamps, changes, tell, starts, rings, shows };
}

test.each(['a', 'b1'])(
  'a call lights both sides as it goes on, and who hangs up (%s) puts both out at once',
  (leaves) => {
    const { lamps, tell, starts, rings, shows } = ground();
    starts('x', party('201'), '202');
    expect(shows(employee('201'))).toEqual(['initiator trying 202']);
    rings('x', 'b1', party('202'));
    expect([shows(employee('201')), shows(employee('202'))]).toEqual([
      ['initiator early 202'],
      ['recipient early 201'],
    ]);
    tell('x', { type: 'call.answered', leg: 'b1', party: party('202') });
    expect([shows(employee('201')), shows(employee('202'))]).toEqual([
      ['initiator confirmed 202'],
      ['recipient confirmed 201'],
    ]);
    tell('x', { type: 'leg.ended', leg: leaves });
    expect([shows(employee('201')), shows(employee('202'))]).toEqual([[], []]);
    tell('x', { type: 'call.ended' });
    expect(lamps.size).toBe(0);
  },
);

test('phones that rang for nothing go out, one of them each; those of another domain were never lit', () => {
  const { lamps, tell, starts, rings, shows } = ground();
  starts('x', party('201'), '600');
  rings('x', 'b1', party('202'));
  rings('x', 'b2', party('202'));
  expect(shows(employee('202'))).toHaveLength(2);
  tell('x', { type: 'call.answered', leg: 'b1', party: party('202') });
  tell('x', { type: 'leg.ended', leg: 'b2', elsewhere: true });
  expect(shows(employee('202'))).toEqual(['recipient confirmed 201']);
  expect(lamps.of(resourceKey({ domain: 'd2', kind: 'employee', name: '202' }))).toEqual([]);
});

test('a trunk is lit by what comes in by it and what goes out by it', () => {
  const { tell, starts, rings, shows } = ground();
  starts('in', { number: '+79161112233' }, '+74951234567', { trunk: 'itsp' });
  expect(shows(trunk('itsp'))).toEqual(['recipient trying +74951234567']);
  starts('out', party('201'), '+79031112233');
  rings('out', 'b1', { number: '+79031112233' }, { trunk: 'itsp' });
  expect(shows(trunk('itsp'))).toEqual(['recipient trying +74951234567', 'initiator early +79031112233']);
  for (const call of ['in', 'out']) tell(call, { type: 'call.ended' });
  expect(shows(trunk('itsp'))).toEqual([]);
});

test('a caller whom the switch answers is in a dialog, and stays in it while somebody is rung', () => {
  const { tell, starts, rings, shows } = ground();
  starts('x', party('201'), '600');
  tell('x', { type: 'call.opened', how: 'answered' });
  rings('x', 'b1', party('202'));
  expect(shows(employee('201'))).toEqual(['initiator confirmed 600']);
});

test('a caller who is given to another one is shown with them', () => {
  const { tell, starts, rings, shows } = ground();
  starts('x', party('201'), '202');
  rings('x', 'b1', party('202'));
  tell('x', { type: 'call.answered', leg: 'b1', party: party('202') });
  rings('x', 'b2', party('203'));
  tell('x', { type: 'call.answered', leg: 'b2', party: party('203') });
  expect([shows(employee('201')), shows(employee('202')), shows(employee('203'))]).toEqual([
    ['initiator confirmed 203'],
    [],
    ['recipient confirmed 201'],
  ]);
});

test('nobody is shown the number outside at which a colleague is reached', () => {
  const { tell, starts, rings, shows } = ground();
  const away = { ...party('202'), number: '+79161234567' };
  starts('x', party('201'), '202');
  rings('x', 'b1', away, { trunk: 'itsp' });
  tell('x', { type: 'call.answered', leg: 'b1', party: away });
  expect([shows(employee('201')), shows(trunk('itsp'))]).toEqual([
    ['initiator confirmed 202'],
    ['initiator confirmed 202'],
  ]);
});

describe('a transfer', () => {
  function talking() {
    const g = ground();
    g.starts('x', party('201'), '202');
    g.rings('x', 'b1', party('202'));
    g.tell('x', { type: 'call.answered', leg: 'b1', party: party('202') });
    const lit = () => ['201', '202', '203'].filter((each) => g.shows(employee(each)).length > 0).join(' ');
    const begins = (by: string, remains: string, to = '203') =>
      g.tell('x', {
        ...{ type: 'transfer.started', how: 'blind', by, remains, to },
        ...{ byParty: party(by === 'a' ? '201' : '202'), party: party(by === 'a' ? '202' : '201') },
      });
    const ends = () => {
      g.tell('x', { type: 'call.ended' });
      expect([lit(), g.lamps.size]).toEqual(['', 0]);
    };
    return { ...g, lit, begins, ends };
  }

  test.each(['at once', 'when they are put through'])('by the caller, who leaves %s', (leaves) => {
    const { tell, rings, shows, lit, begins, ends } = talking();
    begins('a', 'b1');
    if (leaves === 'at once') {
      tell('x', { type: 'leg.ended', leg: 'a' });
      expect(lit()).toBe('202');
    }
    rings('x', 'b2', party('203'));
    expect(shows(employee('203'))).toEqual(['recipient early 202']);
    tell('x', { type: 'call.answered', leg: 'b2', party: party('203') });
    if (leaves !== 'at once') tell('x', { type: 'leg.ended', leg: 'a' });
    expect(lit()).toBe('202 203');
    expect([shows(employee('202')), shows(employee('203'))]).toEqual([
      ['recipient confirmed 203'],
      ['recipient confirmed 202'],
    ]);
    tell('x', { type: 'leg.ended', leg: 'b1' });
    expect(lit()).toBe('');
    ends();
  });

  test('by the callee, who leaves at once: who waits is in a call all the time', () => {
    const { tell, rings, lit, begins, ends } = talking();
    begins('b1', 'a');
    tell('x', { type: 'leg.ended', leg: 'b1' });
    expect(lit()).toBe('201');
    rings('x', 'b2', party('203'));
    tell('x', { type: 'call.answered', leg: 'b2', party: party('203') });
    expect(lit()).toBe('201 203');
    tell('x', { type: 'leg.ended', leg: 'b2' });
    expect(lit()).toBe('');
    ends();
  });

  test('of which nothing comes: the two talk again, and both are out when one hangs up', () => {
    const { tell, rings, lit, begins, ends } = talking();
    begins('a', 'b1');
    rings('x', 'b2', party('203'));
    tell('x', { type: 'leg.ended', leg: 'b2' });
    tell('x', { type: 'transfer.failed', by: 'a', failure: 'callee-busy', returned: true });
    expect(lit()).toBe('201 202');
    tell('x', { type: 'leg.ended', leg: 'a' });
    expect(lit()).toBe('');
    ends();
  });

  test('to the switch itself: who has left is not lit again', () => {
    const { tell, lit, begins, ends } = talking();
    begins('a', 'b1', '700');
    tell('x', { type: 'call.answered', leg: 'a', party: { number: '700' } });
    tell('x', { type: 'leg.ended', leg: 'a' });
    expect(lit()).toBe('202');
    ends();
  });

  test('to whom is in another call: they are lit in the call that they come into alone', () => {
    const { tell, rings, starts, shows, lit, ends } = talking();
    starts('y', party('201'), '203');
    rings('y', 'b1', party('203'));
    tell('y', { type: 'call.answered', leg: 'b1', party: party('203') });
    tell('x', {
      ...{ type: 'transfer.started', how: 'attended', by: 'a', byParty: party('201'), remains: 'b1' },
      ...{ party: party('202'), to: '203', with: 'y' },
    });
    tell('y', { type: 'transfer.joined', leg: 'b1', into: 'x' });
    tell('x', { type: 'leg.started', leg: 'b2', party: party('203'), flow: 'f' });
    tell('x', { type: 'call.answered', leg: 'b2', party: party('203') });
    tell('x', { type: 'leg.ended', leg: 'a' });
    tell('y', { type: 'leg.ended', leg: 'a' });
    tell('y', { type: 'call.ended' });
    expect([lit(), shows(employee('203'))]).toEqual(['202 203', ['recipient confirmed 202']]);
    ends();
  });
});

test('a supervisor is on the phone from joining to leaving', () => {
  const { tell, starts, shows } = ground();
  starts('x', party('201'), '202');
  tell('x', { type: 'supervisor.joined', by: party('209'), how: 'listen' });
  expect(shows(employee('209'))).toEqual(['recipient confirmed']);
  tell('x', { type: 'supervisor.left', by: party('209'), how: 'listen' });
  expect(shows(employee('209'))).toEqual([]);
});

test('whatever happens in calls, nothing is lit when all have ended, and every change of a lamp is told', () => {
  const extension = fc.constantFrom('201', '202', '203');
  const leg = fc.constantFrom('a', 'b1', 'b2');
  const step = fc.oneof(
    fc.record({ type: fc.constant('leg.started'), leg, party: extension.map(party), flow: fc.constant('f') }),
    fc.record({ type: fc.constant('leg.ringing'), leg, status: fc.constant(180), earlyMedia: fc.boolean() }),
    fc.record({ type: fc.constant('call.answered'), leg, party: extension.map(party) }),
    fc.record({ type: fc.constant('call.opened'), how: fc.constantFrom('answered', 'early') }),
    fc.record({ type: fc.constantFrom('supervisor.joined', 'supervisor.left'), by: extension.map(party) }),
    fc.record({ type: fc.constant('leg.ended'), leg }),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('x', 'y'), step), { maxLength: 40 }), (story) => {
      const { lamps, changes, tell, starts } = ground();
      const all = ['201', '202', '203'].map(employee);
      const seen = (): string[] => all.map((each) => JSON.stringify(lamps.of(each)));
      for (const call of ['x', 'y']) starts(call, party('201'), '202');
      for (const [call, event] of [
        ...story,
        ...(['x', 'y'] as const).map((id) => [id, { type: 'call.ended' }] as const),
      ]) {
        const before = seen();
        changes.length = 0;
        tell(call, event as never);
        for (const [i, after] of seen().entries()) if (after !== before[i]) expect(changes).toContain(all[i]);
      }
      expect(lamps.size).toBe(0);
    }),
  );
});
