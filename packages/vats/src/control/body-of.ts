import type { z } from 'zod';
import { ControlError } from './control-server.ts';

/** A control call's body as it should be. @throws ControlError with status 400 */
export function bodyOf<T>(schema: z.ZodType<T>, body: unknown): T {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new ControlError(400, `${issue?.path.join('.') ?? 'body'}: ${issue?.message ?? 'not understood'}`);
}
