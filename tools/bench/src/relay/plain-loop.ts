import { relayOnOrder } from './node-loop.ts';

// A process of its own: the loop as anybody would write it. The only refinement is a lookup that answers at once.
relayOnOrder({ connected: false });
