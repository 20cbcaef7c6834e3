import type { CallRecord } from '@vats/pbx';
import type { Switch } from '../create-switch.ts';
import { ControlError } from './control-server.ts';

/** A finished call by its id. @throws ControlError 404, which says whether it is still up */
export async function keptCall(id: string, store: Switch['store'], calls: Switch['calls']): Promise<CallRecord> {
  const record = await store.history.find(id);
  if (record !== undefined) return record;
  const isUp = calls.snapshots().some((call) => call.id === id);
  throw new ControlError(
    404,
    isUp
      ? `call ${id} is up: its story is kept when it ends`
      : `no call ${id} is kept: vats calls --history lists those that are`,
  );
}
