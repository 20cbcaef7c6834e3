import { below, type DomainView, type Report } from './domain-view.ts';
import { forEachStep } from './references.ts';

/** What this version takes and keeps but does not do yet: one warning each, at the first place that asks for it. */
export function checkServed(view: DomainView, prompts: ReadonlySet<string>, report: Report): void {
  const section = (name: string, used: boolean, effect: string): void => {
    if (used) report('warning', [name], `section ${name} is valid but not served yet`, effect, 'key');
  };
  const inFile = (list: readonly { path?: unknown }[]): boolean => list.some(({ path }) => path !== undefined);
  section('groups', inFile(view.groups), 'a call to a group is answered 404');
  section('trunks', inFile(view.trunks), 'trunks register and are watched, and no call goes by them');
  section('numbers', inFile(view.numbers), 'a call to one of them is answered 404');
  section('schemes', inFile(view.schemes), 'no number follows them');
  section('outbound', view.settingsNamed.has('outbound'), 'denials hold; a call that a rule allows is answered 404');

  const voicemail = firstOf(view.users, ({ object, path }) =>
    object.noAnswer?.to === 'voicemail' ? below(path, 'noAnswer', 'to') : undefined,
  );
  if (voicemail !== undefined)
    report('warning', voicemail, 'voicemail is not served yet', 'until then the caller gets 480');
  const { recording } = view.settings;
  if (view.settingsNamed.has('recording') && recording !== undefined) {
    if (recording.announce === true)
      report(
        'warning',
        ['recording', 'announce'],
        'announcements are not played yet',
        'tell callers in another way',
        'key',
      );
    if (recording.keep !== undefined)
      report(
        'warning',
        ['recording', 'keep'],
        'recordings are not deleted by age yet',
        'delete old ones yourself',
        'key',
      );
  }
  for (const { object: scheme, path } of view.schemes) {
    forEachStep(scheme, path, (step, at) => {
      if (step.play !== undefined && !prompts.has(step.play)) unknownPrompt(step.play, below(at, 'play'), report);
      const prompt = step.menu?.prompt;
      if (prompt !== undefined && !prompts.has(prompt)) unknownPrompt(prompt, below(at, 'menu', 'prompt'), report);
    });
  }
}

function unknownPrompt(name: string, path: ReturnType<typeof below>, report: Report): void {
  report(
    'warning',
    path,
    `there is no prompt ${name}`,
    'add a sound file of that name to the prompts, or callers hear nothing there',
  );
}

function firstOf<T, R>(list: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of list) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
