import { promptsOf } from '../routing/inner-steps.ts';
import type { Circumstances } from './check-memory.ts';
import { below, type DomainView, type Report } from './domain-view.ts';
import { forEachStep } from './references.ts';

/** Prompts that the file names and that are not there. */
export function checkPrompts(view: DomainView, report: Report, { prompts }: Circumstances): void {
  const { holdMusic, recording } = view.settings;
  const notice = 'call-is-recorded';
  if (view.settingsNamed.has('recording') && recording?.announce === true && !prompts.has(notice))
    unknownPrompt(notice, ['recording', 'announce'], report);
  const greeting = view.settingsNamed.has('voicemail') ? view.settings.voicemail?.greeting : undefined;
  if (greeting !== undefined && !prompts.has(greeting)) unknownPrompt(greeting, ['voicemail', 'greeting'], report);
  if (view.settingsNamed.has('holdMusic') && holdMusic !== undefined && !NO_PROMPTS.has(holdMusic)) {
    if (!prompts.has(holdMusic)) unknownPrompt(holdMusic, ['holdMusic'], report);
  }
  for (const { object: group, path } of view.groups) {
    const music = group.queue?.music;
    if (music !== undefined && path !== undefined && !NO_PROMPTS.has(music) && !prompts.has(music)) {
      unknownPrompt(music, below(path, 'queue', 'music'), report);
    }
  }
  for (const { object: scheme, path } of view.schemes) {
    forEachStep(scheme, path, (step, at) => {
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
