import { join } from 'node:path';
import { StoreError } from '@vats/store';
import type { MemoryStore } from '@vats/store/testing';
import { beforeEach, expect, test } from 'vitest';
import { Numbering } from '../numbering/numbering.ts';
import { data, file, json, running, serve, useSwitch, vats } from './testing/served-switch.ts';

useSwitch();
beforeEach(() => serve());

const ABC = `АВС/ DEF;От;До;Емкость;Оператор;Регион;ИНН
482;2000000;2009999;10000;ПАО "Ростелеком";г. Тверь|Тверская обл.;7707049388
482;2010000;2019999;10000;ПАО "Ростелеком";г. Тверь|Тверская обл.;7707049388
495;0000000;0009999;10000;ПАО "МТС";г. Москва;7740000076
`;
const DEF = '952;0000000;0099999;100000;Tele2;Тверская обл.;\n';

test('a register comes in as a whole, is shown, explains numbers, and is replaced by the next', async () => {
  expect((await vats('regions')).out).toBe('there is no numbering register: vats regions import FILE ...\n');
  expect((await vats('explain', 'number', '+74822000001')).out).toContain('there is no numbering register');
  const [abc, def] = [file('ABC-4xx.csv', ABC), file('DEF-9xx.csv', DEF)];
  const counts = '2 files: 3 ranges of 130000 numbers, 3 operators, 4 names of regions\n';
  const dry = await vats('regions', 'import', abc, def, '--dry-run');
  expect(dry).toEqual({ code: 0, err: '', out: `${counts}nothing was changed: this was a dry run\n` });
  expect(running.numbering.register).toBeUndefined();
  expect((await vats('regions', 'import', abc, def)).out).toBe(counts);
  const shown = (await vats('regions')).out;
  expect(shown).toMatch(
    /^2 files: 3 ranges.*\nimported \d{4}-\d\d-\d\d \d\d:\d\d.*\nFILE +LINES\n.*ABC-4xx\.csv +3 lines\n/,
  );
  expect((await vats('regions', 'names', 'твер')).out.split('\n').map((line) => line.replace(/ +/g, ' '))).toEqual([
    ...['REGION NUMBERS', 'Тверская обл. 120000', 'г. Тверь 20000', 'г. Тверь|Тверская обл. 20000', ''],
  ]);
  expect((await vats('explain', 'number', '8 (482) 201-23-45')).out).toBe(
    '+74822012345 is from г. Тверь|Тверская обл.\noperator: ПАО "Ростелеком"\n',
  );
  expect((await vats('explain', 'number', '+74990000000')).out).toContain('is in no range of the numbering register');
  expect(await vats('explain', 'number', '201')).toMatchObject({
    code: 1,
    err: expect.stringContaining('write it in full'),
  });

  const next = await vats('regions', 'import', def);
  expect(next.out).toBe(
    '3 names gone: г. Тверь|Тверская обл., г. Тверь, г. Москва\n1 file: 1 range of 100000 numbers, 1 operator, 1 name of regions\n',
  );
  expect(running.numbering.find('+74950000000')).toBeUndefined();
});

test('a file with a fault changes nothing, and every fault is told with its place', async () => {
  const good = file('good.csv', DEF);
  await vats('regions', 'import', good);
  const bad = file('bad.csv', `${DEF}952;9;1;2;A;X\n`);
  const { code, err } = await vats('regions', 'import', good, bad, '/nowhere.csv');
  expect(code).toBe(3);
  expect(err).toBe(
    '/nowhere.csv: error: no such file; name a file that the switch can read\n' +
      `${bad}:2:7: error: to: the range ends at 1, before its beginning 9; write the smaller end first\n`,
  );
  expect(running.numbering.find('+79520000000')?.operator).toBe('Tele2');
  expect((await vats('regions', 'import', data)).err).toContain('this is no file');
  const twice = await vats('regions', 'import', good, bad.replace('bad', 'good'));
  expect(twice.out).toContain('warning: the range is in');
});

test('a register that can not be kept is not used', async () => {
  const store = running.store as MemoryStore;
  store.fail(new StoreError('disk-full', 'the disk is full', 'make room on the disk'));
  expect((await vats('regions', 'import', file('d.csv', DEF))).code).toBe(1);
  expect(running.numbering.register).toBeUndefined();
  store.recover();
  expect((await vats('regions', 'import', join(data, 'd.csv'))).code).toBe(0);
  // It is there after a start.
  const again = new Numbering({ store: store.numbering, clock: running.clock, log: { error: () => {} } as never });
  await again.load();
  expect(again.find('+79520000001')).toEqual({ region: 'Тверская обл.', operator: 'Tele2' });
});

const PBX = `
domain: acme.example
trunks: [{ name: itsp, proxy: "sip:192.0.2.1" }]
numbers:
  - { number: "+74951234567", trunk: itsp, to: "201", byCaller: [{ region: тверская область, to: "202" }] }
`;

test('calls are led by a region of the register, and its names are known to check and apply', async () => {
  await vats('regions', 'import', file('d.csv', DEF));
  const pbx = file('pbx.yaml', PBX);
  expect((await vats('apply', pbx)).out).not.toContain('warning');
  const call = await vats('explain', 'call', '--from', '+79520000001', '--to', '+74951234567', '--via', 'itsp');
  expect(call.out).toContain('a caller such as +79520000001 from тверская область goes to 202');
  const wrong = file('wrong.yaml', PBX.replace('тверская', 'тверскя'));
  expect((await vats('apply', wrong, '--dry-run')).out).toContain('did you mean Тверская обл.?');
  expect((await vats('check', wrong)).out).toContain('did you mean Тверская обл.?');
  expect((await vats('check', pbx)).out).not.toContain('names region');
  await vats('apply', pbx);
  const other = file('other.csv', '495;0;1;2;A;Москва\n');
  expect((await vats('regions', 'import', other)).out).toContain(
    'warning: number +74951234567 of acme.example names region тверская область, which this register does not have',
  );
  await running.model.applyFile({
    ...{ path: '/own.yaml', name: 'own.yaml' },
    text: 'domain: acme.example\nregions: { Here: ["+7495*"] }\n',
  });
  expect((await vats('explain', 'number', '+74950000001')).out).toContain('acme.example has it under regions: Here\n');
  expect((await json<{ own: object[] }>('explain', 'number', '+74950000001')).own).toHaveLength(1);
});
