import { type Account, freePorts, type Scene, Sipp, type SippResult, sippRegister } from '@vats/interop';
import type { Peer } from './peer.ts';

/** Two phones played by SIPp: one calls, one answers at once. Both are registered at the peer. */
export interface Phones {
  readonly caller: Account;
  readonly callee: Account;
  readonly callerPort: number;
  readonly calleePort: number;
}

const ADDRESS = '127.0.0.1';

export async function registerPhones(scene: Scene, peer: Peer, caller: Account, callee: Account): Promise<Phones> {
  const phones = { caller, callee, callerPort: await freePorts(), calleePort: await freePorts() };
  for (const [account, port] of [
    [caller, phones.callerPort],
    [callee, phones.calleePort],
  ] as const) {
    await sippRegister(scene, { users: [account], target: peer.target, local: { address: ADDRESS, port } });
  }
  return phones;
}

export interface CallLoad {
  readonly calls: number;
  /** New calls a second. */
  readonly rate: number;
  /** How long each lasts, milliseconds. */
  readonly hold: number;
  readonly core: number | undefined;
  /** How many of 1,000 may fail, on a machine where others work too; none unless given. */
  readonly mayFail?: number;
  /** Called when all calls are up, at the latest a second after the last was placed. */
  readonly inside?: () => Promise<void>;
}

/** Places calls and waits until all are over. Throws when more fail than may: a cost per call means nothing then. */
export async function placeCalls(scene: Scene, peer: Peer, phones: Phones, load: CallLoad): Promise<SippResult> {
  const core = load.core === undefined ? {} : { core: load.core };
  const answering = await Sipp.start(scene, {
    scenario: 'callee',
    target: peer.target,
    local: { address: ADDRESS, port: phones.calleePort },
    ...core,
  });
  const calling = await Sipp.start(scene, {
    scenario: 'caller',
    target: peer.target,
    local: { address: ADDRESS, port: phones.callerPort },
    users: [phones.caller],
    dials: peer.dials(phones.callee.extension),
    calls: load.calls,
    rate: load.rate,
    hold: load.hold,
    ...core,
  });
  const length = (load.calls / load.rate) * 1_000 + load.hold;
  if (load.inside) {
    await new Promise((resolve) => setTimeout(resolve, (load.calls / load.rate) * 1_000 + 1_000));
    await load.inside();
  }
  const result = await calling.finished(length + 60_000);
  await answering.stop();
  const allowed = (load.calls * (load.mayFail ?? 0)) / 1_000;
  if (result.failed > allowed || result.successful < load.calls - allowed) {
    throw new Error(`${peer.name}: ${result.failed} of ${load.calls} calls failed: ${JSON.stringify(result)}`);
  }
  return result;
}
