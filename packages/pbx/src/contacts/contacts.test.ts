import { atOnce } from '@vats/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatProblem } from '../problems/problem.ts';
import { type Contact, MOST_CONTACTS } from './contact.ts';
import { ContactList } from './contact-list.ts';
import { type ContactPlan, planningContacts } from './plan-contacts.ts';
import { type ContactLine, readingContacts } from './read-contacts.ts';
import { writingContacts } from './write-contacts.ts';

const isUser = (extension: string): boolean => ['201', '202'].includes(extension);

function read(text: string): readonly ContactLine[] {
  const lines = atOnce(readingContacts(text, 'c.csv', isUser));
  if (!lines.ok) throw new Error(lines.problems.map(formatProblem).join('\n'));
  return lines.value;
}

function faults(text: string): string[] {
  const lines = atOnce(readingContacts(text, 'c.csv', isUser));
  return lines.ok ? [] : lines.problems.map(formatProblem);
}

function listOf(...contacts: Contact[]): ContactList {
  const list = new ContactList();
  for (const contact of contacts) list.put(contact);
  return list;
}

function plan(current: ContactList, lines: readonly ContactLine[], replace = false) {
  const made: ContactPlan = atOnce(planningContacts({ domain: 'a', current, lines, replace, isUser }));
  if (!made.ok) throw new Error(made.problems.map(formatProblem).join('\n'));
  return made;
}

const IVAN = { number: '+74951234567', name: 'Иван', extension: '201' };

test('numbers are read in any writing, and a header may be Russian or missing', () => {
  const lines = [IVAN, { number: '+4930123456', name: 'Café' }];
  expect(read('8 (495) 123-45-67;Иван;201\n810 49 30 123456;Café;\n')).toEqual(lines);
  expect(read('\ufeffОтветственный;Телефон;Клиент\r\n201;74951234567;Иван\r\n;+49 30 123456;Café\r\n')).toEqual(lines);
});

test.each([
  ['8 495 123-45-67;a;\n+74951234567;b;\n', 'c.csv:2:1: error: number: +74951234567 is in line 1 already; keep one'],
  [
    'number;extension\n84951234567;299\n',
    'c.csv:2:13: error: extension: there is no user 299; name the extension of one',
  ],
  ['number;name\n201;a\n', 'c.csv:2:1: error: number: "201" is not a public telephone number'],
  ['number\n"7,4951E+10"\n', 'is a number that a spreadsheet rounded; format the column as text'],
  ['phone;x\n', 'error: the file holds no contact'],
])('%j is refused', (text, fault) => {
  expect(faults(text).join('\n')).toContain(fault);
});

test('a list adds and changes; an empty cell keeps what is known, a hyphen takes it away; others go only with replace', () => {
  const current = listOf(IVAN, { number: '+79160000001', name: 'Old', extension: '299' }, { number: '+79160000002' });
  const lines = read('number;name;extension\n84951234567;;-\n+79160000003;New;202\n+79160000002;;\n');
  const { created, updated, removed, unchanged, orphans, change } = plan(current, lines);
  expect(created).toEqual([{ number: '+79160000003', name: 'New', extension: '202' }]);
  expect(updated).toEqual([{ before: IVAN, after: { number: IVAN.number, name: 'Иван' } }]);
  expect([removed, unchanged, orphans]).toEqual([[], 1, 1]);
  expect(change.put).toHaveLength(2);
  expect(plan(current, lines, true).change.remove).toEqual(['+79160000001']);
  expect(plan(current, lines, true).orphans).toBe(0);
  expect(current.size).toBe(3);
});

test('a domain has 200,000 contacts at most', () => {
  const lines = Array.from({ length: MOST_CONTACTS }, (_, index) => ({ number: `+7${9_000_000_000 + index}` }));
  expect(plan(listOf(), lines).created).toHaveLength(MOST_CONTACTS);
  expect(() => plan(listOf(IVAN), lines)).toThrow('the domain would have 200001 contacts, and 200000 is the most');
  expect(plan(listOf(IVAN), lines, true).removed).toEqual([IVAN]);
});

test('a list holds what was put into it, and finds nothing by what is no public number', () => {
  const number = fc.stringMatching(/^\+[1-9]\d{6,14}$/);
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
  const contact = fc.record(
    { number, name: text, extension: fc.stringMatching(/^\d{1,8}$/) },
    { requiredKeys: ['number'] },
  );
  fc.assert(
    fc.property(fc.array(contact), fc.array(number), (contacts, gone) => {
      const list = listOf(...contacts);
      const slow = new Map(contacts.map((each) => [each.number, each]));
      for (const each of gone.concat(contacts.slice(0, 1).map((first) => first.number))) {
        list.remove(each);
        slow.delete(each);
      }
      expect([...list]).toEqual([...slow.values()]);
      for (const each of contacts) expect(list.find(each.number)).toEqual(slow.get(each.number));
    }),
  );
  for (const other of ['74951234567', '201', '', '+', '+x', '+7495123456712345', '++74951234567']) {
    expect(listOf(IVAN).find(other), other).toBeUndefined();
  }
});

test('a list that is written is read back and changes nothing; who is no user any more is left out', () => {
  const contact = fc.record(
    {
      number: fc.integer({ min: 10_000_000, max: 99_999_999 }).map((digits) => `+49${digits}`),
      name: fc
        .oneof(
          fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
          fc.constantFrom('=1+1', '+7*2', "'=x", '@a', 'a;"b"', '+74951234567'),
        )
        .map((name) => name.replace(/[\p{Cc}\u2028\u2029]/gu, '').trim())
        .filter((name) => name !== '' && name !== '-'),
      extension: fc.constantFrom('201', '202', '299'),
    },
    { requiredKeys: ['number'] },
  );
  fc.assert(
    fc.property(fc.uniqueArray(contact, { selector: ({ number }) => number, minLength: 1 }), (contacts) => {
      const text = atOnce(writingContacts(contacts, isUser));
      const { created, updated, removed, unchanged } = plan(listOf(...contacts), read(text), true);
      expect([created, updated, removed, unchanged]).toEqual([[], [], [], contacts.length]);
      const known = contacts.map(({ extension, ...rest }) => ({
        ...rest,
        ...(extension !== undefined && isUser(extension) && { extension }),
      }));
      expect(plan(listOf(), read(text)).created).toEqual(known);
    }),
  );
  expect(atOnce(writingContacts([{ ...IVAN, name: '=1' }], isUser))).toBe(
    "\ufeffnumber;name;extension\r\n+74951234567;'=1;201\r\n",
  );
});

test('a hundred thousand lines are read and compared', () => {
  const lines = Array.from({ length: 100_000 }, (_, index) => `8916${1_000_000 + index};"Клиент; ${index}";201`);
  const list = read(lines.join('\r\n'));
  expect(plan(listOf(), list).created).toHaveLength(100_000);
  expect(faults([...lines, lines[0]].join('\n'))).toHaveLength(1);
}, 60_000);
