import { request } from 'node:http';
import { socketPath } from './socket-path.ts';

/** The switch refused what was asked, or is not there. `details` is what it added for programs. */
export class ControlFailure extends Error {
  readonly details: unknown;

  constructor(message: string, details?: unknown) {
    super(message);
    this.name = 'ControlFailure';
    this.details = details;
  }
}

/**
 * Asks the running switch over the control socket of its data directory.
 *
 * @throws ControlFailure with a sentence for the person at the terminal
 */
export function askSwitch(dataDirectory: string, method: string, path: string, body?: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const call = request(
      {
        socketPath: socketPath(dataDirectory),
        method,
        path,
        headers:
          text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          let answer: unknown;
          try {
            answer = JSON.parse(Buffer.concat(parts).toString('utf8'));
          } catch {
            reject(new ControlFailure('the switch answered something that is not JSON'));
            return;
          }
          if (response.statusCode === 200) resolve(answer);
          else reject(failureOf(answer));
        });
        response.on('error', reject);
      },
    );
    call.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') {
        reject(
          new ControlFailure(
            `no switch runs on the data directory ${dataDirectory}: start it with "vats up", or name another with --data`,
          ),
        );
      } else if (error.code === 'EACCES') {
        reject(new ControlFailure(`${socketPath(dataDirectory)} belongs to another user: run as the switch's user`));
      } else reject(new ControlFailure(`the switch hung up: ${error.message}`));
    });
    call.end(text);
  });
}

function failureOf(answer: unknown): ControlFailure {
  const { error, details } = answer as { error?: unknown; details?: unknown };
  return new ControlFailure(typeof error === 'string' ? error : 'the switch refused', details);
}
