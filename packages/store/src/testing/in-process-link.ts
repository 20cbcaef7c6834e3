import { DatabaseServer } from '../worker/server.ts';
import type { Connect } from '../worker-link.ts';

/** A server in the test's own thread: the same answers, without loading everything anew for each test. */
export const inProcessLink: Connect = (replied) => {
  const server = new DatabaseServer();
  return {
    post: (request) => void server.answer(structuredClone(request)).then((reply) => replied(structuredClone(reply))),
    end: async () => {},
  };
};
