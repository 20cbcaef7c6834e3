import { inTurns } from '@vats/kernel';
import { type Contact, type ContactPlan, normaliseNumber, type Problem, readingContacts } from '@vats/pbx';
import { z } from 'zod';
import type { Switch } from '../create-switch.ts';
import { bodyOf } from './body-of.ts';
import { ControlError, type ControlRoutes } from './control-server.ts';
import { listChange, listRefused } from './list-change.ts';
import { theDomain } from './the-domain.ts';

const importBody = z.strictObject({
  name: z.string(),
  text: z.string(),
  domain: z.string().optional(),
  replace: z.boolean().default(false),
  dryRun: z.boolean().default(false),
});

const LISTED_AT_MOST = 10_000;

/** What the operator's commands may ask and order about contacts. */
export function contactRoutes({ model, contacts }: Pick<Switch, 'model' | 'contacts'>): ControlRoutes {
  return {
    'PUT /contacts': async ({ body }) => {
      const { name, text, replace, dryRun, ...named } = bodyOf(importBody, body);
      const domain = theDomain(model, named.domain);
      const isUser = (extension: string): boolean =>
        model.directory.findUser(domain, extension)?.extension === extension;
      const read = await inTurns(readingContacts(text, name, isUser));
      if (!read.ok) throw listRefused(read.problems);
      const plan = await contacts.take(domain.id, read.value, { replace, dryRun });
      if (!plan.ok) throw listRefused(plan.problems);
      const { created, updated, removed, unchanged, orphans } = plan;
      const counts = { created: created.length, updated: updated.length, removed: removed.length, unchanged };
      const warnings = [...read.warnings, ...orphaned(orphans)];
      return listChange({ domain: domain.name, ...counts, warnings, saved: !dryRun }, linesOf(plan));
    },
    'GET /contacts': ({ query }) => {
      const domain = theDomain(model, query.get('domain') ?? undefined);
      const limit = Math.min(Number(query.get('limit') ?? 100) || 100, LISTED_AT_MOST);
      const size = contacts.sizeOf(domain.id);
      const number = query.get('number');
      const found: Contact[] = [];
      const sought = number === null ? undefined : contacts.entry(domain.id, publicNumber(number));
      if (sought !== undefined) found.push(sought);
      if (number === null) {
        for (const contact of contacts.of(domain.id)) {
          if (found.length === limit) break;
          found.push(contact);
        }
      }
      const rows = found.map((contact) => ({ ...contact, ...gone(contact, contacts.find(domain.id, contact.number)) }));
      return { domain: domain.name, size, contacts: rows };
    },
    'GET /contacts.csv': async ({ query }) => {
      const domain = theDomain(model, query.get('domain') ?? undefined);
      return contacts.written(domain.id);
    },
    'DELETE /contacts': async ({ query }) => {
      const domain = theDomain(model, query.get('domain') ?? undefined);
      const number = query.get('number');
      const removed = await contacts.remove(domain.id, number === null ? undefined : publicNumber(number));
      if (removed === 0 && number !== null) {
        throw new ControlError(404, `${domain.name} has no contact of the number ${number}`);
      }
      return { domain: domain.name, removed };
    },
  };
}

/** Said of a contact whose responsible employee is no user any more. */
function gone({ extension }: Contact, found: { readonly extension?: string } | undefined): { gone?: true } {
  return extension !== undefined && found?.extension === undefined ? { gone: true } : {};
}

/** @throws ControlError for what is no public number */
function publicNumber(text: string): string {
  const { kind, number } = normaliseNumber(text);
  if (kind === 'e164') return number;
  throw new ControlError(400, `${text} is not a public telephone number: write it in full, such as +74951234567`);
}

function orphaned(count: number): Problem[] {
  if (count === 0) return [];
  const message = `${count} ${count === 1 ? 'contact names an employee who is' : 'contacts name employees who are'} no user any more`;
  const remedy = 'it has no effect; name another employee, or - for none';
  return [{ severity: 'warning', file: '', line: 0, column: 0, path: '', message, remedy }];
}

function* linesOf({ created, updated, removed }: Extract<ContactPlan, { ok: true }>): Iterable<string> {
  for (const contact of created) yield `+ ${contact.number} ${known(contact)}`;
  for (const { before, after } of updated) yield `~ ${after.number} ${known(before)} -> ${known(after)}`;
  for (const contact of removed) yield `- ${contact.number} ${known(contact)}`;
}

function known({ name, extension }: Contact): string {
  const parts = [name, extension === undefined ? undefined : `(${extension})`];
  return parts.filter((part) => part !== undefined).join(' ') || 'nothing';
}
