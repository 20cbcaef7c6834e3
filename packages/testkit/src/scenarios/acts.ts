import type { Actor } from '../actor.ts';

/** The caller calls, the callee answers at once, and they talk. */
export function talk(caller: Actor, callee: Actor): void {
  caller.invites(callee);
  connect(caller, callee);
}

/** Whom the call has come to answers, and they talk. */
export function connect(caller: Actor, callee: Actor): void {
  callee.answers();
  caller.hears('200 INVITE');
  callee.expects('ACK');
}

/** Whom the call has come to refuses it. */
export function refuse(callee: Actor, ...[status, options]: Parameters<Actor['refuses']>): void {
  callee.refuses(status, options);
  callee.expects('ACK');
}

/** The caller hangs up. */
export function end(caller: Actor, callee: Actor): void {
  caller.hangsUp();
  caller.hears('200 BYE');
  callee.expects('BYE');
}
