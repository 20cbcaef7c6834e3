import type { Caller, SessionTimer } from '@vats/pbx';
import type { SessionTimerPolicy } from '@vats/sip';
import type { CallsParts } from './parts.ts';

/** What a machine's settings say of session timers, complete. Times in milliseconds. */
export type MachineTimer = Required<SessionTimer>;

/** Session timers as the dialog layer takes them; whole seconds. */
export function timerPolicy({ mode, expires, min, refresher }: MachineTimer): SessionTimerPolicy | 'off' {
  if (mode === 'off') return 'off';
  const [seconds, least] = [Math.ceil(expires / 1_000), Math.ceil(min / 1_000)];
  return {
    expires: Math.max(seconds, least),
    min: least,
    refresher: refresher === 'peer' ? 'peer' : 'us',
    alone: mode === 'always',
  };
}

/** What holds for a device or a trunk: its own where it has any, else the machine's, which undefined stands for. */
export function timerOf(
  { settings }: CallsParts,
  own: SessionTimer | undefined,
): SessionTimerPolicy | 'off' | undefined {
  const { sessionTimer } = settings;
  return own === undefined || sessionTimer === undefined ? undefined : timerPolicy({ ...sessionTimer, ...own });
}

/** What holds for the leg of who calls. */
export function timerOfCaller(parts: CallsParts, caller: Caller, trunk: SessionTimer | undefined) {
  return timerOf(parts, caller.kind === 'device' ? caller.device.sessionTimer : trunk);
}
