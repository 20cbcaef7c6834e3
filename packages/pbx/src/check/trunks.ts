import { networkFault } from '../schema/access.ts';
import { below, type DomainView, type Report } from './domain-view.ts';

/** Finds zones in the networks of trunks, which the schema must let pass: stored trunks of before they were refused are read by it. */
export function checkTrunks(view: DomainView, report: Report): void {
  for (const { object: trunk, path } of view.trunks) {
    // What an earlier file or version said is not this file's to mend.
    if (path === undefined) continue;
    for (const [index, text] of (trunk.allow ?? []).entries()) {
      const wrong = networkFault(text);
      if (wrong !== undefined) report('error', below(path, 'allow', index), wrong.message, wrong.remedy);
    }
  }
}
