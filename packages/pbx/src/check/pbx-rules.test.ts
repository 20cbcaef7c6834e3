import { expect, test } from 'vitest';
import { told } from '../testing/told.ts';

const user = (extension: string) =>
  `  - { extension: "${extension}", name: U, devices: [{ login: u${extension}, password: Vf5kNm7Z, trunk: true }] }\n`;
const said = (...rules: string[]) =>
  told(`domain: acme.example
users:
${user('201')}${user('210')}groups: [{ extension: "600", name: Branch, members: ["210"] }, { extension: "601", name: Others, members: ["201"] }]
trunks: [{ name: itsp, proxy: "sip:192.0.2.1" }]
outbound:
${rules.map((rule) => `  - ${rule}\n`).join('')}`).filter((line) => line.includes('comes back to it'));

test.each([
  ['{ match: "+7*", extension: "210" }'],
  ['{ match: "+7*", extension: "210", from: ["201", "210"] }'],
  ['{ match: "+7*", extension: "210", from: ["600"] }'],
])('%s rings the PBX by what it dials itself', (rule) => {
  expect(said(rule)).toEqual([
    expect.stringMatching(
      /^pbx\.yaml:8:\d+: warning: outbound\[0\]\.extension: the PBX at 210 may use the rule \+7\* itself: what it dials there comes back to it; add from: .*\{ match: "\+7\*", from: \["210"\], deny: true \}$/,
    ),
  ]);
});

test('a rule that is not for the PBX, or that another one for it goes before, is good', () => {
  const rule = '{ match: "+7*", extension: "210" }';
  expect(said('{ match: "+7*", extension: "210", from: ["201"] }')).toEqual([]);
  expect(said('{ match: "+7*", extension: "210", from: ["601"] }')).toEqual([]);
  expect(said('{ match: "+*", from: ["210"], deny: true }', rule)).toEqual([]);
  expect(said('{ match: "+*", from: ["600"], trunk: itsp }', rule)).toEqual([]);
  expect(said('{ match: "+*", trunk: itsp }', rule)).toEqual([]);
  expect(said('{ match: "+7495*", from: ["210"], deny: true }', rule)).toHaveLength(1);
  expect(said('{ match: "+*", from: ["201"], deny: true }', rule)).toHaveLength(1);
});
