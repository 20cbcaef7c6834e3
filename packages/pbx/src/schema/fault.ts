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

const LONGEST_SHOWN = 60;

/** A written value for a message: quoted, cut, control characters escaped. */
export function shown(text: string): string {
  return JSON.stringify(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);
}
