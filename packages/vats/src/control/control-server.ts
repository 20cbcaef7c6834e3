import { chmodSync, existsSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Log } from '@vats/kernel';
import { socketPath } from './socket-path.ts';

/** What a handler throws when the caller's wish cannot be done: the message goes to the person who typed it. */
export class ControlError extends Error {
  readonly status: number;
  readonly details: unknown;

  constructor(status: number, message: string, details?: unknown) {
    super(message);
    this.name = 'ControlError';
    this.status = status;
    this.details = details;
  }
}

export interface ControlRequest {
  /** The path's variable parts, by name. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** Keys are 'GET /users/:extension'; the answer becomes the JSON body. */
export type ControlRoutes = Readonly<Record<string, (request: ControlRequest) => unknown>>;

const BODY_LIMIT_OCTETS = 16 * 1024 * 1024;

interface Route {
  readonly method: string;
  readonly segments: readonly string[];
  readonly handle: (request: ControlRequest) => unknown;
}

/**
 * The operator's door: HTTP over a Unix socket in the data directory that only its owner can open (0600), so that no
 * port of the machine answers to whoever sits on it.
 */
export class ControlServer {
  readonly #server: Server;
  readonly #path: string;
  readonly #routes: readonly Route[];
  readonly #log: Log;

  private constructor(path: string, routes: ControlRoutes, log: Log) {
    this.#path = path;
    this.#log = log;
    this.#routes = Object.entries(routes).map(([key, handle]) => {
      const [method = '', pattern = ''] = key.split(' ');
      return { method, segments: pattern.split('/').slice(1), handle };
    });
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.on('clientError', (_error, socket) => socket.destroy());
  }

  /**
   * Opens the socket in `dataDirectory`. A socket left by a killed process is taken over.
   *
   * @throws ControlError when a switch already runs on this data directory, or the path is too long for a socket
   */
  static async open(dataDirectory: string, routes: ControlRoutes, log: Log): Promise<ControlServer> {
    const path = socketPath(dataDirectory);
    if (existsSync(path)) {
      if (await answers(path)) {
        throw new ControlError(409, `a switch already runs on ${dataDirectory} (its ${path} answers): stop it first`);
      }
      rmSync(path);
    }
    const control = new ControlServer(path, routes, log);
    await new Promise<void>((resolve, reject) => {
      control.#server.once('error', reject);
      control.#server.listen(path, () => {
        chmodSync(path, 0o600);
        resolve();
      });
    });
    return control;
  }

  /** Stops answering and removes the socket. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    rmSync(this.#path, { force: true });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://control');
    try {
      const found = this.#find(request.method ?? 'GET', url.pathname);
      if (found === undefined) throw new ControlError(404, `no such control call: ${request.method} ${url.pathname}`);
      const body = await readJson(request);
      const answer = await found.route.handle({ params: found.params, query: url.searchParams, body });
      respond(response, 200, answer ?? {});
    } catch (error) {
      if (error instanceof ControlError) {
        respond(response, error.status, { error: error.message, details: error.details });
        return;
      }
      this.#log.error('control.failed', {
        path: url.pathname,
        error: error instanceof Error ? error.stack : String(error),
      });
      respond(response, 500, { error: `the switch failed: ${error instanceof Error ? error.message : String(error)}` });
    }
  }

  #find(method: string, path: string): { route: Route; params: Record<string, string> } | undefined {
    const segments = path.split('/').slice(1);
    for (const route of this.#routes) {
      if (route.method !== method || route.segments.length !== segments.length) continue;
      const params: Record<string, string> = {};
      const fits = route.segments.every((segment, i) => {
        const given = decodeSegment(segments[i] ?? '');
        if (!segment.startsWith(':')) return segment === given;
        params[segment.slice(1)] = given;
        return given !== '';
      });
      if (fits) return { route, params };
    }
    return undefined;
  }
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ControlError(400, `not a path: ${segment}`);
  }
}

function respond(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let octets = 0;
  for await (const part of request) {
    const chunk = part as Buffer;
    octets += chunk.length;
    if (octets > BODY_LIMIT_OCTETS)
      throw new ControlError(413, `a control call carries at most ${BODY_LIMIT_OCTETS} octets`);
    parts.push(chunk);
  }
  if (octets === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    throw new ControlError(400, 'the body of a control call is JSON');
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
