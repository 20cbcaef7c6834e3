import { z } from 'zod';

/** A schema's own complaint: what is wrong, and what to write instead. `path` leads on from the value judged. */
export function fault(
  message: string,
  remedy: string,
  path: readonly (string | number)[] = [],
): {
  code: 'custom';
  message: string;
  path: (string | number)[];
  params: { remedy: string };
  input: undefined;
} {
  return { code: 'custom', message, path: [...path], params: { remedy }, input: undefined };
}

/** Text that `good` accepts; anything else is `message`, with `remedy`. */
export function textThat(good: (text: string) => boolean, message: (text: string) => string, remedy: string) {
  return z.string().check((ctx) => {
    if (!good(ctx.value)) ctx.issues.push({ ...fault(message(shown(ctx.value)), remedy), input: ctx.value });
  });
}

const OWN_REMEDY = 'remedy: ';

/**
 * For a schema whose values are text of a special form: what to write when the value is not text at all, in place of
 * the general advice. Given to zod as the schema's `error`.
 */
export function remedyForOtherTypes(remedy: string): { error: () => string } {
  return { error: () => OWN_REMEDY + remedy };
}

/** The remedy that `remedyForOtherTypes` put into an issue's message, if it did. */
export function ownRemedy(message: string): string | undefined {
  return message.startsWith(OWN_REMEDY) ? message.slice(OWN_REMEDY.length) : undefined;
}

const LONGEST_SHOWN = 60;

/** A written value for a message: quoted, cut, control characters escaped. */
export function shown(text: string): string {
  return JSON.stringify(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);
}
