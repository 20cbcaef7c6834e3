import { Actor } from '../actor.ts';
import { PHONES, SWITCH_TLS, SWITCH_WS } from '../cast.ts';
import type { World } from '../world.ts';

/** One of the cast, at another address, over TLS or a WebSocket; registered. */
export async function joins(world: World, role: 'alice' | 'bob' | 'carol', transport: 'TLS' | 'WS'): Promise<Actor> {
  const host = Number(PHONES[role].local.address.split('.')[3]) + 100;
  const phone = await world.stage.phone({
    ...PHONES[role],
    name: `${role} on ${transport}`,
    transport,
    local: { address: `192.0.2.${host}`, port: 5060 },
    server: transport === 'TLS' ? SWITCH_TLS : SWITCH_WS,
    // Like a browser's: nobody's address (RFC 7118 §5).
    ...(transport === 'WS' && { claims: { address: 'df7jal23ls0d.invalid', port: 5060 } }),
  });
  const actor = new Actor(phone, world.stage);
  await actor.registers();
  return actor;
}
