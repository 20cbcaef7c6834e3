/** A large company: 5,000 users, 500 groups of up to 50 members, 2,000 numbers with 50 schemes, 100 outbound rules. */
export const USERS = 5_000;
export const GROUPS = 500;
export const NUMBERS = 2_000;
const STRATEGIES = ['all', 'sequential', 'random', 'longest-idle', 'fewest-calls', 'priority'];

/** Its PBX file, a million octets; `name` is that of one user. */
export function companyFile(name: string): string {
  const extension = (i: number): string => String(10_000 + i);
  const lines = ['domain: big.example', 'timezone: Europe/Moscow', 'users:'];
  for (let i = 0; i < USERS; i++) {
    // Rooms of ten, in which one stands in for the other.
    const standIn = i % 10 === 9 ? '' : `, noAnswer: { after: 20s, to: "${extension(i + 1)}" }`;
    lines.push(
      `  - { extension: "${extension(i)}", name: ${i === 7 ? name : `User ${i}`}, devices: [{ login: user${i}, password: Vf5kNm7Z }]${standIn} }`,
    );
  }
  lines.push('groups:');
  for (let i = 0; i < GROUPS; i++) {
    const members = Array.from({ length: 5 + (i % 46) }, (_, j) => `"${extension((i * 13 + j * 7) % USERS)}"`);
    lines.push(
      `  - { extension: "${600_000 + i}", name: Group ${i}, members: [${[...new Set(members)].join(', ')}], strategy: ${STRATEGIES[i % STRATEGIES.length]}, knownEmployee: { window: 1h } }`,
    );
  }
  lines.push('trunks: [{ name: itsp, proxy: "sip:192.0.2.1", register: { login: a, password: b } }]', 'numbers:');
  for (let i = 0; i < NUMBERS; i++) {
    lines.push(`  - { number: "+7495${1_000_000 + i}", trunk: itsp, channels: 30, scheme: scheme-${i % 50} }`);
  }
  lines.push('schemes:');
  for (let i = 0; i < 50; i++) {
    lines.push(
      `  - { name: scheme-${i}, hours: { mon-fri: "09:00-18:00", except: { "2026-12-31": closed } }, open: [{ ring: "${600_000 + i * 10}" }, { ring: "${extension(i)}" }], closed: [{ ring: "${extension(i + 100)}" }] }`,
    );
  }
  lines.push('outbound:');
  for (let i = 0; i < 98; i++) lines.push(`  - { match: "+7${900 + i}*", trunk: itsp }`);
  lines.push('  - { match: "+7*", trunk: itsp }', '  - { match: "+*", deny: true }', '');
  return lines.join('\n');
}
