import { relayOnOrder } from './node-loop.ts';

// A process of its own: the loop with all that Node's public interface can do against the price of a packet. Its sockets are connected,
// and it sleeps to the next deadline before it serves whatever has come. What VATS costs above this is VATS's own work.

const BATCH_MS = 2;
const SHORTEST_SLEEP_MS = 0.2;

const never = new Int32Array(new SharedArrayBuffer(4));
let deadline = performance.now();

function turn(): void {
  const now = performance.now();
  const left = deadline - now;
  if (left > SHORTEST_SLEEP_MS) {
    Atomics.wait(never, 0, 0, left);
    deadline += BATCH_MS;
  } else {
    deadline = now + BATCH_MS;
  }
  setImmediate(turn);
}

relayOnOrder({ connected: true });
turn();
