import type { HeaderField, SipRequest } from '@vats/sip';
import { expect } from 'vitest';
import type { Actor } from '../actor.ts';
import type { Scene } from '../scenario.ts';

export const DIALOG: HeaderField = ['Event', 'dialog'];

/** What a NOTIFY says: its state, and of each dialog direction, state and the other's URI. */
export function told(notify: SipRequest): string {
  const dialogs = [...notify.body.toString().matchAll(/<dialog ([^>]*)><state>(\w+)<\/state>(.*?)<\/dialog>/g)];
  const lines = dialogs.map(([, attributes = '', state, parties = '']) => {
    const direction = /direction="(\w+)"/.exec(attributes)?.[1];
    const remote = /<remote><identity[^>]*>([^<]*)</.exec(parties)?.[1];
    return [direction, state, remote].filter((each) => each !== undefined).join(' ');
  });
  const version = /version="(\d+)"/.exec(notify.body.toString())?.[1];
  return `${notify.value('Subscription-State')?.split(';')[0]} ${version}: ${lines.join(', ')}`;
}

/** Watches somebody, and hears that nothing goes on. */
export function watches(watcher: Actor, number: string, headers: readonly HeaderField[] = []): SipRequest {
  watcher.asks('SUBSCRIBE', { uri: `sip:${number}@acme.example`, headers: [DIALOG, ['Expires', '600'], ...headers] });
  watcher.hears('200 SUBSCRIBE');
  return watcher.expects('NOTIFY');
}

/** Lets the time pass in which changes are gathered. */
export function gathered({ world }: Pick<Scene, 'world'>): void {
  world.passes(25);
}

/** Ends what somebody watches: the scenario's end must find nothing. */
export function forgets(scene: Pick<Scene, 'world'>, ...watchers: readonly Actor[]): void {
  scene.world.running.watching.notifier.end('rejected', () => true);
  scene.world.passes(0);
  for (const watcher of watchers) expect(watcher.expects('NOTIFY').value('Subscription-State')).toContain('terminated');
}

export const COLLEAGUES = { pbx: 'groups: [{ extension: "600", name: Sales, members: ["201", "202", "203"] }]' };
