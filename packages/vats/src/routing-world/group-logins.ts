/** Which members take part in the groups that ask for it, since the start of the switch. */
export class GroupLogins {
  readonly #members = new Set<string>();

  /** @param domain `Domain.id` */
  has(domain: string, group: string, extension: string): boolean {
    return this.#members.has(keyOf(domain, group, extension));
  }

  /** @returns false when it was so already */
  set(domain: string, group: string, extension: string, loggedIn: boolean): boolean {
    const key = keyOf(domain, group, extension);
    if (!loggedIn) return this.#members.delete(key);
    const before = this.#members.size;
    this.#members.add(key);
    return this.#members.size > before;
  }
}

function keyOf(domain: string, group: string, extension: string): string {
  return `${domain}\n${group}\n${extension}`;
}
