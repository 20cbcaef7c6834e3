import { beforeEach, expect, test } from 'vitest';
import { addDomain, json, running, serve, useSwitch, vats } from './testing/served-switch.ts';

const PBX = `
domain: acme.example
users:
  - extension: "210"
    name: Asterisk
    devices: [{ login: user11, password: Vf5kNm7Z, trunk: true, calls: 30 }]
  - { extension: "211", name: Second, devices: [{ login: other, password: Vf5kNm7Z, trunk: true, did: to }] }
trunks: [{ name: itsp, proxy: "sip:203.0.113.70" }]
numbers:
  - { number: "+74951234567", scheme: main }
  - { number: "+74951234568", to: "211" }
schemes: [{ name: main, open: [{ ring: "210" }] }]
`;

useSwitch();
beforeEach(() => serve());

async function applies(text = PBX): Promise<void> {
  const applied = await running.model.applyFile({ path: '/pbx.yaml', name: 'pbx.yaml', text });
  if (!applied.ok) throw new Error(JSON.stringify(applied.problems));
}

interface Recipe {
  readonly placeholder: string;
  readonly sections: { side: string; title: string; file?: string; text: string }[];
}

const recipe = (kind: string, name = 'user11') => json<Recipe>('trunk', 'recipe', name, '--for', kind);

test('chan_sip: the fields of FreePBX, and the files that it makes of them, say the same', async () => {
  await applies();
  const { sections, placeholder } = await recipe('freepbx-chan_sip');
  const text = (what: string) => sections.find(({ title, file }) => title.includes(what) || file === what)?.text ?? '';
  expect(text('Register String')).toBe(`user11@acme.example:${placeholder}:user11@127.0.0.1:5060/210~300\n`);
  expect(text('sip_registrations.conf')).toBe(`register=${text('Register String')}`);
  expect(text('sip_additional.conf')).toBe(`[vats-user11]\n${text('PEER Details')}`);
  expect(text('PEER Details').split('\n')).toEqual(
    expect.arrayContaining([
      'host=127.0.0.1',
      'port=5060',
      'insecure=port,invite',
      'qualify=yes',
      `secret=${placeholder}`,
    ]),
  );
  expect(text('PBX file')).toContain('login: user11, password: "...", trunk: true, did: request-uri, calls: 30');
  expect(text('Inbound Routes')).toBe('DID Number  210\nDID Number  +74951234567\n');
});

test('pjsip: FreePBX has a file for each kind, an Asterisk one for all', async () => {
  await applies();
  const freepbx = await recipe('freepbx-pjsip', '210');
  const files = freepbx.sections.filter(({ file }) => file !== undefined);
  expect(files.map(({ file }) => file)).toEqual(
    ['auth', 'aor', 'registration', 'endpoint', 'identify'].map((kind) => `pjsip.${kind}.conf`),
  );
  const asterisk = await recipe('asterisk-pjsip');
  const one = asterisk.sections.find(({ file }) => file === 'pjsip.conf')?.text ?? '';
  for (const { file, text } of files) {
    if (file !== 'pjsip.endpoint.conf') expect(one).toContain(text);
  }
  expect(one).toContain('context=from-vats');
});

test.each([
  ['freepbx-chan_sip', 'context=from-pstn-toheader'],
  ['freepbx-pjsip', 'context=from-pstn-toheader'],
  ['asterisk-pjsip', 'the number is in To'],
])('%s: a number in To is read there', async (kind, said) => {
  await applies();
  expect(JSON.stringify(await recipe(kind, 'other'))).toContain(said);
});

test('as text it has both sides, and no password', async () => {
  await applies();
  const { code, out } = await vats('trunk', 'recipe', 'user11', '--for', 'freepbx-chan_sip');
  expect(code).toBe(0);
  expect(out).toMatch(/^== here: account user11 of acme\.example\n[\s\S]*\n== at the PBX \(freepbx-chan_sip\)\n/);
  expect(out).toContain('\n    secret=PASSWORD-OF-user11\n');
  expect(out).toContain('vats user password user11 makes another');
  expect(out).not.toContain('Vf5kNm7Z');
});

test.each([
  [['nobody'], /acme\.example has no PBX account nobody: name one of user11, other/],
  // A phone's account is none.
  [['anna'], /acme\.example has no PBX account anna: name one of user11, other/],
  [['itsp'], /trunk itsp is a system that calls go out to, .* name one of user11, other/],
  [['user11', '--domain', 'x.example'], /there is no domain x\.example/],
  [['user11', '--domain', 'two.example'], /no PBX registers at two\.example: give a user a device with trunk: true/],
])('%j is refused with its remedy', async (argv, message) => {
  await applies();
  await addDomain();
  const domain = argv.includes('--domain') ? [] : ['--domain', 'acme.example'];
  const { code, err } = await vats('trunk', 'recipe', ...argv, ...domain, '--for', 'asterisk-pjsip');
  expect([code, err]).toEqual([1, expect.stringMatching(message)]);
});

test.each([[[]], [['--for', 'lync']]])('%j: a recipe that there is not is a wrong usage', async (argv) => {
  const { code, err } = await vats('trunk', 'recipe', 'user11', ...argv);
  expect([code, err]).toEqual([2, expect.stringMatching(/--for <pbx>/)]);
});
