import { timerPolicy } from '@vats/calls';
import { DialogLayer, type DialogLayerOptions } from '@vats/sip';
import { type Capabilities, OPTIONS_ANSWER } from './front-door/capabilities.ts';
import type { Settings } from './settings/index.ts';

type Parts = Pick<DialogLayerOptions, 'transactions' | 'transport' | 'clock' | 'random' | 'log' | 'ledger' | 'mayMove'>;

/** The dialog layer as the settings want it. */
export function openDialogs(
  { userAgent, prack, sessionTimer: timer }: Settings['sip'],
  { methods, extensions }: Capabilities,
  parts: Parts,
): DialogLayer {
  const sessionTimer = timerPolicy(timer);
  return new DialogLayer({
    ...parts,
    userAgent,
    allow: methods,
    // A device or a trunk may have a timer where the machine has none; who has none is told of none.
    supported: [...new Set([...extensions, 'timer'])],
    answersOptions: OPTIONS_ANSWER,
    ...(prack !== 'off' && { reliable: prack }),
    ...(sessionTimer !== 'off' && { sessionTimer }),
  });
}
