import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';

/** An S3 server on the loopback, whose objects lie in a directory. Its accounts: S3RVER with the secret S3RVER. */
export interface S3Server {
  /** http://127.0.0.1:PORT */
  readonly endpoint: string;
  close(): Promise<void>;
}

export const S3_BUCKET = 'recordings';
export const S3_KEYS = { accessKey: 'S3RVER', secretKey: 'S3RVER' } as const;

interface S3rver {
  run(): Promise<AddressInfo>;
  close(): Promise<void>;
  readonly httpServer: { closeAllConnections(): void };
}

/** Starts `@20minutes/s3rver` with one bucket, S3_BUCKET. It judges signatures, and clocks by the machine's own. */
export async function startS3Server(directory: string, port = 0): Promise<S3Server> {
  // It is loaded by who needs it only: it brings a web framework with it.
  const Server = createRequire(import.meta.url)('@20minutes/s3rver') as new (options: object) => S3rver;
  const options = { address: '127.0.0.1', port, silent: true, directory, configureBuckets: [{ name: S3_BUCKET }] };
  const server = new Server(options);
  const at = await server.run();
  return {
    endpoint: `http://127.0.0.1:${at.port}`,
    close: async () => {
      const closed = server.close();
      server.httpServer.closeAllConnections();
      await closed;
    },
  };
}
