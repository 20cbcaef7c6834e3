import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ha1Of } from '@vats/pbx';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addDomain, clock, data, file, json, running, serve, useSwitch, vats } from './testing/served-switch.ts';

useSwitch();
beforeEach(async () => {
  await serve();
  await running.model.applyFile({
    path: '/more.yaml',
    name: 'more.yaml',
    text: `
domain: acme.example
limits: { callsPerDay: 10, moneyPerDay: "12.5" }
groups: [{ extension: "600", name: Sales, members: ["201"] }]
trunks:
  - { name: itsp, proxy: "sip:192.0.2.1", limits: { calls: 2 } }
  - { name: spare, proxy: "sip:192.0.2.2" }
`,
  });
});
afterEach(() => {
  expect(running.store.health().pending).toBe(0);
});

const acme = () => running.model.domainNamed('acme.example')!;

test('user import makes users in one go, says what it did, and shows the passwords that it made once', async () => {
  const list = file(
    'staff.csv',
    '\ufeffextension;name;login;groups\r\n203;Вера;vera;600\r\n204;Глеб;gleb;\r\n201;Anna;anna;600\r\n',
  );
  const dry = await vats('user', 'import', list, '--dry-run', '--generate');
  expect(dry.out).toContain('+ user 203 Вера\n+ user 204 Глеб\n~ group 600 Sales: members');
  expect(dry.out).toContain(
    "3 changes in acme.example, 1 of the file's users unchanged\nnothing was changed: this was a dry run\n",
  );
  expect(dry.out).not.toContain('PASSWORD');
  expect(acme().users).toHaveLength(2);

  const { code, out } = await vats('user', 'import', list, '--generate');
  expect(code).toBe(0);
  const [, login = '', password = ''] = /203 +Вера +(\w+) +(\w{16})\n/.exec(out) ?? [];
  expect(out).toMatch(/\(shown this once\)\n$/);
  const vera = acme().users.find(({ extension }) => extension === '203');
  expect(vera?.devices[0]?.ha1).toEqual(ha1Of(login, 'acme.example', 'acme.example', password));
  expect(acme().groups[0]?.members).toHaveLength(2);
  const again = await vats('user', 'import', list, '--generate');
  expect(again.out).toBe("0 changes in acme.example, 3 of the file's users unchanged\n");
});

test('passwords go into a new file that is its owner’s alone, and nowhere else', async () => {
  const list = file('staff.csv', 'extension,name,login\n203,Vera,vera\n');
  const into = join(data, 'passwords.csv');
  const { out, code } = await vats('user', 'import', list, '--passwords', into, '--json');
  expect(code).toBe(0);
  const [, password = ''] =
    /^\ufeffextension;name;login;password\r\n203;Vera;vera;(\w{16})\r\n$/.exec(readFileSync(into, 'utf8')) ?? [];
  expect(password).not.toBe('');
  expect(out).not.toContain(password);
  expect(statSync(into).mode & 0o777).toBe(0o600);

  const second = file('more.csv', 'extension,name,login\n204,Gleb,gleb\n');
  const refused = await vats('user', 'import', second, '--passwords', into);
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('it is there already: name a new file') });
  expect(acme().users).toHaveLength(3);
  // Where nothing comes of it, no file is left.
  const none = join(data, 'none.csv');
  await vats('user', 'import', file('bad.csv', 'extension,name,login\n205,Bad,anna\n'), '--passwords', none);
  await vats('user', 'import', second, '--passwords', none, '--dry-run');
  expect(existsSync(none)).toBe(false);
});

test('a list with one wrong line changes nothing, and every fault is told with its place', async () => {
  const list = file('staff.csv', 'extension;name;login\n203;Vera;vera\n204;;gleb\nx;y;z\n');
  const { code, err } = await vats('user', 'import', list, '--generate');
  expect(code).toBe(3);
  expect(err).toBe(
    `${list}:4:1: error: extension: "x" is not an extension; write 1 to 8 digits in quotes, such as "201"\n`,
  );
  expect(acme().users).toHaveLength(2);
  const windows = file('1251.csv', Buffer.from([...Buffer.from('extension;name\n203;'), 0xc2, 0xe5, 0xf0, 0xe0]));
  expect(await vats('user', 'import', windows)).toMatchObject({
    code: 3,
    err: `vats: ${windows}:2:5: error: the file is not in UTF-8; save it as "CSV UTF-8"\n`,
  });
  expect((await vats('user', 'import', '/nowhere.csv')).err).toContain('no such file');
});

test('user export writes what import reads, on standard output too', async () => {
  const text = '\ufeffextension;name;mobile;login;groups;caller id\r\n201;Anna;;anna;600;\r\n202;Boris;;boris;;\r\n';
  expect(await vats('user', 'export', '--csv')).toEqual({ code: 0, out: text, err: '' });
  const into = join(data, 'users.csv');
  expect((await vats('user', 'export', '--csv', into)).err).toBe(`2 users are in ${into}\n`);
  expect(readFileSync(into, 'utf8')).toBe(text);
  expect((await vats('user', 'import', into)).out).toBe("0 changes in acme.example, 2 of the file's users unchanged\n");
});

test('contacts come in, are found by number, outlive their employee without effect, and go', async () => {
  const list = file('contacts.csv', 'number;name;extension\n8 495 123-45-67;=Иван;201\n+7 916 000-00-01;Olga;202\n');
  expect((await vats('contacts', 'import', list, '--dry-run')).out).toBe(
    '+ +74951234567 =Иван (201)\n+ +79160000001 Olga (202)\ncontacts of acme.example: 2 new, 0 changed, 0 removed, 0 unchanged\nnothing was changed: this was a dry run\n',
  );
  expect(running.contacts.find(acme().id, '+74951234567')).toBeUndefined();
  expect((await vats('contacts', 'import', list)).code).toBe(0);
  expect(running.contacts.find(acme().id, '+74951234567')).toEqual({ name: '=Иван', extension: '201' });

  expect((await vats('user', 'remove', '202')).code).toBe(0);
  expect(running.contacts.find(acme().id, '+79160000001')).toEqual({ name: 'Olga' });
  expect((await vats('contacts', 'show', '--number', '89160000001')).out).toContain('Olga  202 (no such user)');
  const other = file('other.csv', '+79160000002;Petr;201\n');
  expect((await vats('contacts', 'import', other)).out).toContain(
    'warning: 1 contact names an employee who is no user',
  );
  expect((await vats('contacts', 'import', list)).err).toContain(
    'contacts.csv:3:23: error: extension: there is no user 202',
  );

  expect((await vats('contacts', 'show', '--limit', '2')).out).toContain('2 of 3 contacts\n');
  expect((await vats('contacts', 'import', other, '--replace')).out).toContain(
    '0 new, 0 changed, 2 removed, 1 unchanged',
  );
  expect((await vats('contacts', 'remove', '+7 916 000-00-02')).out).toBe('1 contact of acme.example removed\n');
  expect((await vats('contacts', 'remove', '+79160000002')).err).toContain('has no contact of the number');
  expect((await vats('contacts', 'remove')).code).toBe(2);
  expect((await vats('contacts', 'show')).out).toBe('no contact of acme.example to show\n');
});

test('rates of a domain hold for trunks without their own, and a call’s price is shown for each trunk', async () => {
  const own = file(
    'rates.csv',
    'prefix;price;connection;first;next;name\n7495;1,2;0,5;60;60;Moscow\n49;4;0;30;6;Germany\n',
  );
  expect((await vats('rates', 'import', own)).out).toContain('rates of acme.example: 2 new, 0 changed');
  const dear = file('itsp.csv', '7;2;0;1;1\n');
  expect((await vats('rates', 'import', dear, '--trunk', 'itsp')).out).toContain(
    'rates of the trunk itsp of acme.example: 1 new',
  );
  expect((await vats('rates', 'import', dear, '--trunk', 'nobody')).err).toContain(
    'there is no trunk nobody in acme.example: name one of itsp, spare',
  );
  const priced = (await vats('rates', 'show', '--number', '8 495 123-45-67')).out;
  expect(priced.replace(/ {2,}/g, ' | ').split('\n')).toEqual([
    '+74951234567',
    'TRUNK | RATE | TERMS | 1 MIN | 3 MIN | 10 MIN',
    'itsp | 7 | 2 a minute, 1/1 | 2 | 6 | 20',
    "spare (the domain's rates) | 7495 Moscow | 1.2 a minute + 0.5 a call, 60/60 | 1.7 | 4.1 | 12.5",
    '',
  ]);
  // A trunk's own table holds alone.
  expect(running.rates.rateOf(acme().id, 'itsp', '+4930123456')).toBeUndefined();
  expect(running.rates.rateOf(acme().id, 'spare', '+4930123456')?.perMinute).toBe(40_000);
  const changed = file('new.csv', '7495;1,3;0,5;60;60;Moscow\n');
  expect((await vats('rates', 'import', changed, '--dry-run')).out).toContain(
    '~ 7495 1.2 a minute, 0.5 a call, 60/60, Moscow -> 1.3 a minute, 0.5 a call, 60/60, Moscow\n- 49 4 a minute, 30/6, Germany\nrates of acme.example: 0 new, 1 changed, 1 removed, 0 unchanged\n',
  );
  expect((await vats('rates', 'import', file('bad.csv', '7495;x\n'))).code).toBe(3);
  expect((await vats('rates', 'show')).out).toContain('trunk itsp                                1 rate\n');
  expect((await vats('rates', 'remove', '--trunk', 'itsp')).out).toBe('the rates of the trunk itsp are removed\n');
  expect(running.rates.rateOf(acme().id, 'itsp', '+4930123456')?.perMinute).toBe(40_000);
});

test('rates and contacts are exported as import reads them: a round trip changes nothing', async () => {
  const prices = file('rates.csv', 'prefix;price\n7495;1,2\n');
  const own = file('itsp.csv', 'prefix;price;connection;first;next;name\n49;4;0,5;30;6;"=Germany; mobile"\n');
  await vats('rates', 'import', prices);
  await vats('rates', 'import', own, '--trunk', 'itsp');
  const text =
    '\ufeffprefix;price per minute;connection fee;first interval;next interval;name\r\n' +
    `49;4.0000;0.5000;30;6;"'=Germany; mobile"\r\n`;
  expect(await vats('rates', 'export', '--trunk', 'itsp')).toEqual({ code: 0, out: text, err: '' });
  const into = join(data, 'out.csv');
  expect(await vats('rates', 'export', '--trunk', 'itsp', '--csv', into)).toMatchObject({
    code: 0,
    out: '',
    err: `1 rate is in ${into}\n`,
  });
  expect(statSync(into).mode & 0o777).toBe(0o600);
  expect((await vats('rates', 'import', into, '--trunk', 'itsp')).out).toContain('0 changed, 0 removed, 1 unchanged');
  expect((await vats('rates', 'export')).out).toContain('7495;1.2000;0.0000;60;60;\r\n');
  expect(await vats('rates', 'export', '--trunk', 'spare')).toMatchObject({
    code: 1,
    err: 'vats: the trunk spare has no rates of its own\n',
  });

  await vats('contacts', 'import', file('contacts.csv', '8 495 123-45-67;=Иван;201\n+79160000001;Olga;202\n'));
  await vats('user', 'remove', '202');
  const known = "\ufeffnumber;name;extension\r\n+74951234567;'=Иван;201\r\n+79160000001;Olga;\r\n";
  expect((await vats('contacts', 'export', '--csv')).out).toBe(known);
  expect((await vats('contacts', 'export', '--csv', into)).err).toBe(`2 contacts are in ${into}\n`);
  expect((await vats('contacts', 'import', into, '--replace')).out).toContain(
    '0 new, 0 changed, 0 removed, 2 unchanged',
  );
});

test('limits show what is used of them, of the domain, its trunks and users', async () => {
  // At noon: at night the bounds of costly calls are others.
  clock.stepWall(new Date(clock.now()).setUTCHours(9, 0, 0, 0) - clock.now());
  const call = { id: 'c', domain: acme().id, user: '201', trunk: 'itsp', number: '+79161234567' };
  await vats('rates', 'import', file('rates.csv', '7;2;0;60;60\n'));
  const decision = running.spending.begin(call);
  expect(decision.allowed).toBe(true);
  running.spending.answered('c');
  clock.advance(90_000);
  running.spending.end('c');
  const { out } = await vats('limits');
  expect(out).toMatch(/domain +all +callsPerDay +1 +10 +10 %\n/);
  expect(out).toMatch(/domain +all +moneyPerDay +4 +12\.5 +32 %\n/);
  expect(out).toMatch(/domain +costly +calls +0 +5 +0 %\n/);
  expect(out).toMatch(/trunk itsp +all +calls +0 +2 +0 %\n/);
  expect(out).toMatch(/user 201 Anna +all +minutesPerDay +1\.5 +no limit\n/);
  expect((await json<{ limits: object[] }>('limits', '--user', '201')).limits).toHaveLength(5);
  expect((await vats('limits', '--trunk', 'x')).err).toContain('there is no trunk x in acme.example');
  await addDomain();
  expect((await vats('limits')).err).toContain('there are several domains: name one of acme.example, two.example');
});
