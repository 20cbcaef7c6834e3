import { z } from 'zod';
import { duration } from './duration.ts';
import { fault } from './fault.ts';
import { extension } from './words.ts';

const rule = z.strictObject({
  /** A user or group that takes part in the call; left out, every call. */
  extension: extension.exactOptional(),
  direction: z.enum(['in', 'out', 'internal', 'any']).exactOptional(),
  record: z.boolean(),
});

const longForm = z
  .strictObject({
    mode: z.enum(['all', 'none', 'rules']),
    /** Both sides hear first that the call is recorded (the prompt `call-is-recorded`), or a beep. */
    announce: z.union([z.boolean(), z.literal('beep')]).exactOptional(),
    /** How long recordings are kept, in milliseconds. */
    keep: duration('1h').exactOptional(),
    /** Whose voice is kept. */
    sides: z.enum(['both', 'caller', 'callee']).exactOptional(),
    /** What a file becomes when its call is over: `wav` is G.711 as it was received, `pcm` a WAV of 16 bits. */
    format: z.enum(['wav', 'pcm', 'mp3', 'ogg']).exactOptional(),
    /** Recordings that turn out to be shorter are not kept, in milliseconds. */
    minimum: duration('0s', '1h').exactOptional(),
    /** Files are encrypted with a key of the domain's own (docs/recordings.md). */
    encrypt: z.boolean().exactOptional(),
    /** For mode `rules`: the first that fits decides, and a call that none fits is not recorded. */
    rules: z.array(rule).exactOptional(),
  })
  .check((ctx) => {
    const { mode, rules } = ctx.value;
    if (mode === 'rules' && (rules ?? []).length === 0) {
      ctx.issues.push({
        ...fault('mode rules without rules records nothing', 'add rules: [{ extension: "201", record: true }]'),
        input: ctx.value,
      });
    }
    if (mode !== 'rules' && rules !== undefined) {
      ctx.issues.push({
        ...fault(`rules have no meaning with mode ${mode}`, 'write mode: rules, or remove the key', ['rules']),
        input: ctx.value,
      });
    }
  });

/** What of a domain's calls is recorded: `all`, `none`, or the long form. */
export const recording = z.union([
  z.codec(z.enum(['all', 'none', 'rules']), longForm, {
    decode: (mode) => ({ mode }),
    encode: (policy, ctx) => {
      if (Object.keys(policy).length === 1) return policy.mode;
      ctx.issues.push({ ...fault('needs the long form', 'write it as a mapping'), input: policy });
      return z.NEVER;
    },
  }),
  longForm,
]);
export type RecordingPolicy = z.output<typeof recording>;
export type RecordingRule = z.output<typeof rule>;
