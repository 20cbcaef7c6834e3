/** No account's name is longer; what a stranger claims to be called may be as long as a message. */
const LONGEST = 64;

/** As much of a name that somebody claimed as a log line says. */
export function loggedName(name: string): string {
  return name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name;
}
