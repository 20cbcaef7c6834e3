import type { VoiceMessage } from '@vats/pbx';
import { z } from 'zod';
import type { Switch } from '../create-switch.ts';
import { bodyOf } from './body-of.ts';
import { ControlError, type ControlRoutes } from './control-server.ts';
import { theDomain } from './the-domain.ts';

const markBody = z.strictObject({ state: z.enum(['new', 'heard']) });

/** What the operator may ask of mailboxes. */
export function voicemailRoutes({
  model,
  voicemail,
  clock,
}: Pick<Switch, 'model' | 'voicemail' | 'clock'>): ControlRoutes {
  const nameOf = (id: string): string => model.directory.domainById(id)?.name ?? id;
  const shown = ({ domain, path: _, ...message }: VoiceMessage) => ({ ...message, domain: nameOf(domain) });
  const found = (id: string): VoiceMessage => {
    const message = voicemail.book.message(id);
    if (message === undefined) throw new ControlError(404, `there is no message ${id}: vats voicemail lists them`);
    return message;
  };
  return {
    'GET /voicemail': ({ query }) => {
      const box = query.get('box') ?? undefined;
      const name = query.get('domain') ?? undefined;
      const domain = name === undefined ? undefined : theDomain(model, name);
      const boxes = [...voicemail.book.all()].filter(
        ({ entry }) => (box ?? entry.box) === entry.box && (domain?.id ?? entry.domain) === entry.domain,
      );
      return {
        now: clock.now(),
        boxes: boxes
          .filter(
            ({ entry, messages }) => messages.length > 0 || entry.pin !== undefined || entry.greeting !== undefined,
          )
          .map(({ entry, messages }) => ({
            ...{ domain: nameOf(entry.domain), box: entry.box },
            ...{ pin: entry.pin !== undefined, greeting: entry.greeting !== undefined },
            messages: messages.map(shown),
          })),
      };
    },
    'GET /voicemail/messages/:id': ({ params }) => {
      const message = found(params.id ?? '');
      return { ...shown(message), ...voicemail.soundOf(message) };
    },
    'POST /voicemail/messages/:id': ({ params, body }) => {
      voicemail.mark(found(params.id ?? '').id, bodyOf(markBody, body).state);
      return {};
    },
    'DELETE /voicemail/messages/:id': ({ params }) => {
      voicemail.remove(found(params.id ?? '').id);
      return {};
    },
    'DELETE /voicemail/boxes/:box/pin': ({ params, query }) => {
      const domain = theDomain(model, query.get('domain') ?? undefined);
      const box = voicemail.book.find(domain.id, params.box ?? '');
      if (box?.entry.pin === undefined) throw new ControlError(404, `mailbox ${params.box} has no PIN`);
      voicemail.setPin(box, undefined);
      return {};
    },
  };
}
