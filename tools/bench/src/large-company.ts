/*
 * A large company: 5,000 users, 500 groups of 5 to 50 members, 2,000 numbers with schemes, 100 outbound rules.
 */

export const USERS = 5_000;
export const GROUPS = 500;
export const NUMBERS = 2_000;
/** A group has 5 members and up to so many more. */
export const MORE_MEMBERS = 45;
export const OUTBOUND_RULES = 100;
const STRATEGIES = ['all', 'sequential', 'random', 'longest-idle', 'fewest-calls', 'priority'];

export const extensionOf = (user: number): string => String(10_000 + (user % USERS));
export const groupOf = (group: number): string => String(600_000 + (group % GROUPS));
export const numberOf = (number: number): string => `+7495${1_000_000 + (number % NUMBERS)}`;

/** @param name of one of the users: two files with two names differ in one line */
export function companyFile(name: string): string {
  const lines = ['domain: big.example', 'timezone: Europe/Moscow', 'users:'];
  for (let i = 0; i < USERS; i++) {
    // Rooms of ten, in which one stands in for the other.
    const standIn = i % 10 === 9 ? '' : `, noAnswer: { after: 20s, to: "${extensionOf(i + 1)}" }`;
    lines.push(
      `  - { extension: "${extensionOf(i)}", name: ${i === 7 ? name : `User ${i}`}, devices: [{ login: user${i}, password: Vf5kNm7Z }]${standIn} }`,
    );
  }
  lines.push('groups:');
  for (let i = 0; i < GROUPS; i++) {
    const members = Array.from({ length: 5 + (i % (MORE_MEMBERS + 1)) }, (_, j) => `"${extensionOf(i * 13 + j * 7)}"`);
    lines.push(
      `  - { extension: "${groupOf(i)}", name: Group ${i}, members: [${[...new Set(members)].join(', ')}], strategy: ${STRATEGIES[i % STRATEGIES.length]}, knownEmployee: { window: 1h } }`,
    );
  }
  lines.push('trunks: [{ name: itsp, proxy: "sip:192.0.2.1", register: { login: a, password: b } }]', 'numbers:');
  for (let i = 0; i < NUMBERS; i++) {
    lines.push(`  - { number: "${numberOf(i)}", trunk: itsp, channels: 30, scheme: scheme-${i % 50} }`);
  }
  lines.push('schemes:');
  for (let i = 0; i < 50; i++) {
    lines.push(
      `  - { name: scheme-${i}, hours: { mon-fri: "09:00-18:00", except: { "2026-12-31": closed } }, open: [{ ring: "${groupOf(i * 10)}" }, { ring: "${extensionOf(i)}" }], closed: [{ ring: "${extensionOf(i + 100)}" }] }`,
    );
  }
  lines.push('outbound:');
  for (let i = 0; i < OUTBOUND_RULES - 2; i++) lines.push(`  - { match: "+7${900 + i}*", trunk: itsp }`);
  lines.push('  - { match: "+7*", trunk: itsp }', '  - { match: "+*", deny: true }', '');
  return lines.join('\n');
}
