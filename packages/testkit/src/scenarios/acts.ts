import type { Actor } from '../actor.ts';

/** The caller calls, the callee answers at once, and they talk. */
export function talk(caller: Actor, callee: Actor): void {
  caller.invites(callee);
  callee.answers();
  caller.hears('200 INVITE');
  callee.expects('ACK');
}

/** The caller hangs up. */
export function end(caller: Actor, callee: Actor): void {
  caller.hangsUp();
  caller.hears('200 BYE');
  callee.expects('BYE');
}
