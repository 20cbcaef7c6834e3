import { createReadStream } from 'node:fs';
import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  Agent as PlainAgent,
  request,
} from 'node:http';
import { request as encryptedRequest, Agent as TlsAgent } from 'node:https';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '@vats/kernel';

/** A request, and what becomes of its answer. */
export interface HttpOrder {
  readonly method: 'PUT' | 'GET' | 'HEAD' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** A file, of which so many octets are sent, or octets. */
  readonly body?: { readonly path: string; readonly octets: number } | Uint8Array;
  /** Takes the answer's body where it is a good one; one that is not is text. */
  readonly sink?: (octets: Uint8Array) => void;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** What it says, at most 64 KB of it; empty where a sink took it. */
  readonly text: string;
}

/** Nothing moved for so long: neither was anything taken, nor did anything come. */
export const STALLED_MS = 30_000;
const TEXT_AT_MOST = 65_536;

/** The other side did not move. */
export class StalledError extends Error {
  override readonly name = 'StalledError';
}

/** The file ended before as much of it was sent as was promised. */
export class FileShrankError extends Error {
  override readonly name = 'FileShrankError';
}

/**
 * Exchanges with one HTTP server over a few kept connections. No exchange ends later than `STALLED_MS` after the last octet moved,
 * however long it takes as a whole; redirections are answers.
 */
export class HttpExchange {
  readonly #clock: Clock;
  readonly #plain = new PlainAgent({ keepAlive: true, maxSockets: 4 });
  readonly #tls = new TlsAgent({ keepAlive: true, maxSockets: 4 });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rejects with StalledError, FileShrankError, or what the network or the file system says. */
  ask(order: HttpOrder): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const { url, method, headers, body } = order;
      const encrypted = url.protocol === 'https:';
      const length = body === undefined ? undefined : 'path' in body ? body.octets : body.length;
      const options = {
        method,
        headers: { ...headers, ...(length !== undefined && { 'content-length': String(length) }) },
      };
      const sent = encrypted
        ? encryptedRequest(url, { ...options, agent: this.#tls })
        : request(url, { ...options, agent: this.#plain });
      let answered = false;
      let ended = false;
      let cancel = (): void => {};
      const moved = (): void => {
        cancel();
        if (ended) return;
        cancel = this.#clock.after(STALLED_MS, () =>
          sent.destroy(new StalledError(`nothing moved for ${STALLED_MS} ms`)),
        );
      };
      const over = (error?: Error, answer?: HttpAnswer): void => {
        ended = true;
        cancel();
        if (answer === undefined) reject(error);
        else resolve(answer);
      };
      // A server that refuses closes before it has taken the body: its answer counts, and not that the rest could not be sent.
      sent.on('error', (error) => {
        if (!answered) over(error);
      });
      sent.on('response', (response) => {
        answered = true;
        moved();
        read(response, order, moved).then(
          (answer) => {
            if (!sent.writableEnded) sent.destroy();
            over(undefined, answer);
          },
          (error: Error) => over(error),
        );
      });
      moved();
      if (body === undefined) sent.end();
      else if ('path' in body) {
        sendFile(body, sent, moved).catch((error: Error) => {
          // An answer that came meanwhile is read to its end.
          if (answered) return;
          sent.destroy(error);
          over(error);
        });
      } else sent.end(body);
    });
  }

  close(): void {
    this.#plain.destroy();
    this.#tls.destroy();
  }
}

async function sendFile(
  { path, octets }: { path: string; octets: number },
  sent: ClientRequest,
  moved: () => void,
): Promise<void> {
  if (octets === 0) {
    sent.end();
    return;
  }
  let read = 0;
  await pipeline(
    createReadStream(path, { end: octets - 1 }),
    async function* (portions) {
      for await (const portion of portions) {
        read += (portion as Buffer).length;
        // Asked for the next one only when the last was taken.
        yield portion;
        moved();
      }
      if (read < octets) throw new FileShrankError(`it has ${read} octets and had ${octets}`);
    },
    sent,
  );
}

async function read(response: IncomingMessage, { sink }: HttpOrder, moved: () => void): Promise<HttpAnswer> {
  const { statusCode: status = 0, headers } = response;
  const taken = sink !== undefined && status >= 200 && status < 300;
  const text: Buffer[] = [];
  let octets = 0;
  for await (const portion of response) {
    moved();
    if (taken) sink(portion as Buffer);
    else if (octets < TEXT_AT_MOST) text.push(portion as Buffer);
    octets += (portion as Buffer).length;
  }
  return { status, headers, text: Buffer.concat(text).toString('utf8', 0, TEXT_AT_MOST) };
}
