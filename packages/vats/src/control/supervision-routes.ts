import { z } from 'zod';
import type { Switch } from '../create-switch.ts';
import { bodyOf } from './body-of.ts';
import { ControlError, type ControlRoutes } from './control-server.ts';

const orderBody = z.strictObject({ how: z.enum(['listen', 'whisper', 'barge']), to: z.string() });

const REFUSALS: Readonly<Record<string, (to: string) => string>> = {
  'nobody-talks': () => 'nobody talks yet, or the switch itself does: there is nobody to listen to',
  'takes-part': (to) => `${to} takes part in it: name another extension`,
  codec: () => 'a side talks in a codec that can not be mixed',
  unreachable: (to) => `no phone of ${to} can be rung now`,
  'too-many': () => 'it has as many supervisors as a call may have',
};

/** What the operator may order about a call's sound: that a supervisor listens, is heard by the employee, or by both. */
export function supervisionRoutes({ calls }: Pick<Switch, 'calls'>): ControlRoutes {
  return {
    'POST /calls/:id/supervision': ({ params, body }) => {
      const id = params.id ?? '';
      const { how, to } = bodyOf(orderBody, body);
      const refused = calls.supervise(id, how, to);
      if (refused === 'no-call') throw new ControlError(404, `there is no call ${id}`);
      if (refused === 'nobody') throw new ControlError(404, `there is no user ${to} in the domain of call ${id}`);
      if (refused !== undefined) throw new ControlError(409, `call ${id}: ${REFUSALS[refused]?.(to) ?? refused}`);
      return {};
    },
  };
}
