import { describe, expect, test } from 'vitest';
import { routesOf } from '../testing/routes.ts';
import { changedOwn, forwardsOf, isUndisturbed, type OwnSettings } from './own-settings.ts';

const FILE = `domain: acme.example
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Vf5kNm7Z }], forward: { always: "203", busy: "203" } }
  - { extension: "203", name: Vera, devices: [{ login: vera, password: Vf5kNm7Z }], dnd: true }
  - { extension: "210", name: Pbx, devices: [{ login: user11, password: Vf5kNm7Z, trunk: true }] }
trunks: [{ name: itsp, proxy: "sip:192.0.2.1" }]
numbers: [{ number: "+74951234567", trunk: itsp, to: "600" }]
groups: [{ extension: "600", name: Sales, members: ["201", "203"] }]
outbound:
  - { match: "+7809*", deny: true }
  - { match: "+79*", trunk: itsp }
`;

const routes = routesOf(FILE);

const ordered = (dialled: string, login = 'anna'): string => {
  const { step } = routes.from(login, dialled).plan;
  if (step.do === 'own-setting') return `${step.change.set} ${step.change.to}`;
  return step.do === 'reject' ? `${step.reason}: ${step.text}` : step.do;
};

describe('a code', () => {
  test.each([
    ['*78', 'dnd true'],
    ['*79', 'dnd undefined'],
    ['*72203', 'always 203'],
    ['*72600', 'always 600'],
    ['*7289161234567', 'always +79161234567'],
    ['*72+79161234567', 'always +79161234567'],
    ['*7284951234567', 'always +74951234567'],
    ['*73', 'always undefined'],
    ['*90203', 'busy 203'],
    ['*91', 'busy undefined'],
    ['*92203', 'noAnswer 203'],
    ['*93', 'noAnswer undefined'],
  ])('%s sets %s', (dialled, expected) => {
    expect(ordered(dialled)).toBe(expected);
  });

  test.each([
    ['*72', 'address-incomplete: the number to go on to follows the code'],
    ['*72201', 'loop: Anna would forward to themselves'],
    ['*72777', 'not-found: 777 is no extension, and no number in full'],
    ['*72112', 'not-found: 112 is no extension, and no number in full'],
    // As a call of hers there would be judged: denied by a rule, and by no rule let out.
    ['*7288091234567', 'forbidden: +78091234567 matches the outbound rule +7809*: the rule denies it'],
    ['*728103581234567', 'not-found: +3581234567 is no extension and matches no outbound rule: nobody has this number'],
    // Digits where there may be none.
    ['*781', 'not-found: nobody has this number'],
  ])('%s is refused: %s', (dialled, expected) => {
    expect(ordered(dialled)).toBe(expected);
  });

  test('of a phone behind a PBX sets nothing for all of it', () => {
    expect(ordered('*72201', 'user11')).toBe('forbidden: a PBX has no settings of one employee');
    expect(ordered('*78', 'user11')).toBe('forbidden: a PBX has no settings of one employee');
  });

  test('ends what the file has of do not disturb, and of a forward of all calls', () => {
    expect(ordered('*79', 'vera')).toBe('dnd false');
    expect(ordered('*73', 'boris')).toBe('always none');
    expect(ordered('*91', 'boris')).toBe('busy undefined');
  });
});

describe('what is set by phone', () => {
  const called = (number: string, own: Readonly<Record<string, OwnSettings>>, end?: 'no-answer' | 'callee-busy') => {
    const moment = { ownSettings: (_: unknown, extension: string) => own[extension] };
    const trip = routes.from('user11', number, moment);
    return end === undefined ? trip.now : trip.after(end, moment).now;
  };

  test('holds for calls from now on', () => {
    expect(called('201', {})).toBe('ring anna 60000');
    expect(called('201', { 201: { dnd: true } })).toBe('reject do-not-disturb');
    expect(called('201', { 201: { always: '+79161234567' } })).toContain('+79161234567');
    expect(called('201', { 201: { busy: '203' }, 203: { dnd: false } }, 'callee-busy')).toBe('ring vera 60000');
    expect(called('201', { 201: { noAnswer: '+79161234567' } }, 'no-answer')).toContain('+79161234567');
  });

  test('goes before the file, both ways', () => {
    expect(called('203', {})).toBe('reject do-not-disturb');
    expect(called('203', { 203: { dnd: false } })).toBe('ring vera 60000');
    expect(called('202', { 202: { always: 'none' } })).toBe('ring boris 60000');
  });

  test('keeps a group from ringing who does not want to be disturbed', () => {
    expect(called('600', { 203: { dnd: false } })).toBe('ring anna+vera 25000');
    expect(called('600', { 201: { dnd: true }, 203: { dnd: false } })).toBe('ring vera 25000');
    expect(called('600', { 201: { busy: '203' } })).toBe('ring anna 25000');
  });

  test('is told by the plan', () => {
    const moment = { ownSettings: () => ({ always: '203', dnd: true }) };
    const { story } = routes.from('boris', '201', moment).plan;
    expect(story.join('\n')).toContain('all calls of Anna go on to 203 (set by phone)');
    const dnd = routes.from('boris', '201', { ownSettings: () => ({ dnd: true }) }).plan;
    expect(dnd.story.join('\n')).toContain('Anna does not want to be disturbed (set by phone)');
  });

  test('is gone when the last of it is', () => {
    const both = changedOwn({ dnd: true }, { set: 'busy', to: '203' });
    expect(both).toEqual({ dnd: true, busy: '203' });
    expect(changedOwn(both, { set: 'busy', to: undefined })).toEqual({ dnd: true });
    expect(changedOwn({ busy: '203' }, { set: 'busy', to: undefined })).toBeUndefined();
    const boris = { forward: { always: '203' }, dnd: true } as unknown as Parameters<typeof forwardsOf>[0];
    expect(forwardsOf(boris, { always: 'none' })).toEqual({});
    expect(isUndisturbed(boris, { always: 'none' })).toBe(true);
  });
});
