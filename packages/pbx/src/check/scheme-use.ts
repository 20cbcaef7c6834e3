import { below, type DomainView, type Report } from './domain-view.ts';
import { forEachStep } from './references.ts';

/** Finds schemes to which neither a number leads nor, from there, a scheme. */
export function checkSchemeUse(view: DomainView, report: Report): void {
  const onward = new Map<string, string[]>();
  for (const { object: scheme } of view.schemes) {
    const to: string[] = [];
    onward.set(scheme.name, to);
    forEachStep(scheme, undefined, ({ goto }) => {
      if (goto !== undefined) to.push(goto);
    });
  }
  const used = new Set<string>();
  const waiting: string[] = [];
  const use = (scheme: string | undefined): void => {
    if (scheme === undefined || used.has(scheme)) return;
    used.add(scheme);
    waiting.push(scheme);
  };
  for (const { object: number } of view.numbers) {
    use(number.scheme);
    for (const { scheme } of number.schedule ?? []) use(scheme);
    for (const { scheme } of number.byCaller ?? []) use(scheme);
  }
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) for (const to of onward.get(at) ?? []) use(to);
  for (const { object: scheme, path } of view.schemes) {
    if (used.has(scheme.name)) continue;
    report(
      'warning',
      below(path, 'name'),
      `scheme ${scheme.name} is never used: no number leads to it`,
      'name it in a number, or in a goto of a scheme that is used; or remove it',
    );
  }
}
