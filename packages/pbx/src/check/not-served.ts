import type { Circumstances } from './check-memory.ts';
import { below, type DomainView, type Report } from './domain-view.ts';
import { promptsOf } from './inner-steps.ts';
import { forEachStep } from './references.ts';

/** What this version takes and keeps but does not do yet: one warning each, at the first place that asks for it. */
export function checkServed(view: DomainView, report: Report, { prompts }: Circumstances): void {
  const { holdMusic, recording } = view.settings;
  const notice = 'call-is-recorded';
  if (view.settingsNamed.has('recording') && recording?.announce === true && !prompts.has(notice))
    unknownPrompt(notice, ['recording', 'announce'], report);
  const greeting = view.settingsNamed.has('voicemail') ? view.settings.voicemail?.greeting : undefined;
  if (greeting !== undefined && !prompts.has(greeting)) unknownPrompt(greeting, ['voicemail', 'greeting'], report);
  if (view.settingsNamed.has('holdMusic') && holdMusic !== undefined && !NO_PROMPTS.has(holdMusic)) {
    if (!prompts.has(holdMusic)) unknownPrompt(holdMusic, ['holdMusic'], report);
  }
  const queued = firstOf(view.groups, ({ object, path }) =>
    object.queue === undefined ? undefined : below(path, 'queue'),
  );
  if (queued !== undefined) {
    report('warning', queued, 'queue settings are not served yet', 'until then nobody waits in a queue', 'key');
  }
  const told = new Set<string>();
  const once = (kind: string, at: ReturnType<typeof below>, effect: string): void => {
    if (at === undefined || told.has(kind)) return;
    told.add(kind);
    report('warning', at, `${kind} is not served yet`, effect, 'key');
  };
  for (const { object: scheme, path } of view.schemes) {
    forEachStep(scheme, path, (step, at) => {
      if (step.queue !== undefined) once('queue', below(at, 'queue'), 'until then the group rings');
      const played = step.play?.prompt;
      if (played !== undefined && !prompts.has(played)) unknownPrompt(played, below(at, 'play'), report);
      for (const [prompt, ...keys] of step.menu === undefined ? [] : promptsOf(step.menu)) {
        if (!prompts.has(prompt)) unknownPrompt(prompt, below(at, 'menu', ...keys), report);
      }
    });
  }
}

/** Names of music that are no prompt's. */
const NO_PROMPTS: ReadonlySet<string> = new Set(['default', 'none']);

export function unknownPrompt(name: string, path: ReturnType<typeof below>, report: Report): void {
  report(
    'warning',
    path,
    `there is no prompt ${name}`,
    `make one of a sound file with vats prompts import FILE --name ${name}, or write a name that vats prompts list shows`,
  );
}

function firstOf<T, R>(list: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of list) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
