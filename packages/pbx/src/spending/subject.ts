/** Who may use up something: a domain, one of its users, one of its trunks. `domain` is `Domain.id`. */
export type SpendingSubject =
  | { readonly kind: 'domain'; readonly domain: string }
  | { readonly kind: 'user'; readonly domain: string; readonly extension: string }
  | { readonly kind: 'trunk'; readonly domain: string; readonly trunk: string };

/** The subject as a key of maps and of the store. Kinds, extensions and names hold no colon, so no two subjects share a key. */
export function keyOfSubject(subject: SpendingSubject): string {
  if (subject.kind === 'domain') return `domain:${subject.domain}`;
  const name = subject.kind === 'user' ? subject.extension : subject.trunk;
  return `${subject.kind}:${subject.domain}:${name}`;
}
