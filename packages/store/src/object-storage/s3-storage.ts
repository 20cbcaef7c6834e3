import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Clock } from '@vats/kernel';
import { AwsV4Signer } from 'aws4fetch';
import { type HttpAnswer, HttpExchange, type HttpOrder } from './http-exchange.ts';
import { faultOfAnswer, faultOfError, type S3Place } from './s3-faults.ts';
import { StorageFault } from './storage-fault.ts';

/** A bucket of an S3-compatible server, and who we are there. */
export interface S3Options extends S3Place {
  /** `path`: https://ENDPOINT/BUCKET/KEY, as most servers take it. `host`: https://BUCKET.ENDPOINT/KEY. */
  readonly addressing: 'path' | 'host';
  readonly accessKey: string;
  readonly secretKey: string;
  readonly clock: Clock;
}

/** An object as it is known to lie there. */
export interface StoredObject {
  readonly octets: number;
  /** MD5 in hexadecimal, where the server makes its ETags so. */
  readonly md5?: string;
}

/** What one PUT may hold at most (S3's own bound); nothing that is recorded comes near. */
const PUT_AT_MOST = 5 * 2 ** 30;
const EMPTY_SHA256 = createHash('sha256').digest('hex');

/**
 * Objects in one bucket of an S3-compatible server. Each request is signed (Signature Version 4) and does one thing once: trying again
 * is the caller's. Every failure is a StorageFault.
 */
export class S3Storage {
  readonly #options: S3Options;
  readonly #exchange: HttpExchange;

  constructor(options: S3Options) {
    this.#options = options;
    this.#exchange = new HttpExchange(options.clock);
  }

  /** The bucket, for people. */
  get place(): string {
    const { endpoint, bucket, prefix } = this.#options;
    return `${endpoint} bucket ${bucket}${prefix === '' ? '' : `, ${prefix}`}`;
  }

  /**
   * Stores a file, and looks whether it lies there as it is here. There is the whole object then, or the old one, or none. The server
   * is told its SHA-256, and what it says of its length and MD5 is compared.
   *
   * @param expected what the file is known to hold, octets and SHA-256 in hexadecimal; another one is not sent
   */
  async put(
    key: string,
    path: string,
    contentType: string,
    expected?: { readonly octets: number; readonly sha256: string },
  ): Promise<StoredObject> {
    const what = `store ${key}`;
    const { octets, sha256, md5 } = await this.#guarded(what, () => digestsOf(path));
    if (expected !== undefined && (octets !== expected.octets || sha256 !== expected.sha256)) {
      throw new StorageFault(
        'changed',
        `${what}: ${path} is not what was finished: it has ${octets} octets, SHA-256 ${sha256.slice(0, 12)}…`,
        'it stays as it is: vats recordings verify names what is wrong with it',
      );
    }
    if (octets > PUT_AT_MOST)
      throw new StorageFault('changed', `${what}: ${octets} octets are more than an object may have`, 'it stays here');
    const headers = { 'content-type': contentType, 'x-amz-content-sha256': sha256 };
    await this.#ask(what, key, { method: 'PUT', headers, body: { path, octets } });
    const stored = await this.head(key);
    if (stored.octets !== octets || (stored.md5 !== undefined && stored.md5 !== md5)) {
      throw new StorageFault(
        'away',
        `${what}: ${stored.octets} octets lie there, MD5 ${stored.md5 ?? 'unknown'}, and ${octets}, ${md5} here`,
        'it is stored again; what lies here stays',
      );
    }
    return stored;
  }

  /** What lies there under this key. */
  async head(key: string): Promise<StoredObject> {
    const { headers } = await this.#ask(`look at ${key}`, key, { method: 'HEAD' });
    const md5 = /^"([0-9a-f]{32})"$/.exec(headers.etag ?? '')?.[1];
    return { octets: Number(headers['content-length'] ?? Number.NaN), ...(md5 !== undefined && { md5 }) };
  }

  /** The first octets of an object. */
  async beginning(key: string, octets: number): Promise<Buffer> {
    const beginning = Buffer.alloc(octets);
    let got = 0;
    await this.#ask(`read ${key}`, key, {
      method: 'GET',
      headers: { range: `bytes=0-${octets - 1}` },
      // A server that knows no ranges sends all of it.
      sink: (portion) => {
        const taken = portion.subarray(0, octets - got);
        beginning.set(taken, got);
        got += taken.length;
      },
    });
    return beginning.subarray(0, got);
  }

  /** Deletes an object; one that is not there is deleted already. */
  async remove(key: string): Promise<void> {
    try {
      await this.#ask(`delete ${key}`, key, { method: 'DELETE' });
    } catch (error) {
      if (!(error instanceof StorageFault) || error.kind !== 'missing') throw error;
    }
  }

  /** A URL that gives one object to whoever has it, for so long: to be told to nobody but who asked, and never logged. */
  async urlOf(key: string, seconds: number): Promise<string> {
    const url = this.#urlOf(key);
    url.searchParams.set('X-Amz-Expires', String(seconds));
    const signed = await new AwsV4Signer({ ...this.#signing(), url: url.href, method: 'GET', signQuery: true }).sign();
    return signed.url.href;
  }

  close(): void {
    this.#exchange.close();
  }

  async #ask(
    what: string,
    key: string,
    order: Pick<HttpOrder, 'method' | 'body' | 'sink'> & { readonly headers?: Readonly<Record<string, string>> },
  ): Promise<HttpAnswer> {
    const answer = await this.#guarded(what, async () => {
      const headers = { 'x-amz-content-sha256': EMPTY_SHA256, ...order.headers };
      const url = this.#urlOf(key).href;
      const signed = await new AwsV4Signer({ ...this.#signing(), url, method: order.method, headers }).sign();
      return this.#exchange.ask({ ...order, url: signed.url, headers: Object.fromEntries(signed.headers) });
    });
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw faultOfAnswer(answer, what, order, this.#options, this.#options.clock.now());
  }

  async #guarded<T>(what: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw faultOfError(error, what, this.#options);
    }
  }

  #signing() {
    const { accessKey, secretKey, region, clock } = this.#options;
    const datetime = new Date(clock.now()).toISOString().replace(/[:-]|\.\d{3}/g, '');
    return { accessKeyId: accessKey, secretAccessKey: secretKey, service: 's3', region, datetime };
  }

  #urlOf(key: string): URL {
    const { endpoint, bucket, addressing } = this.#options;
    // A plus sign stands for a space to the signer, unless it is escaped.
    const path = key.split('/').map(encodeURIComponent).join('/');
    const url = new URL(endpoint);
    if (addressing === 'host') url.hostname = `${bucket}.${url.hostname}`;
    const base = url.pathname.replace(/\/$/, '');
    url.pathname = addressing === 'host' ? `${base}/${path}` : `${base}/${bucket}/${path}`;
    return url;
  }
}

async function digestsOf(path: string): Promise<{ octets: number; sha256: string; md5: string }> {
  const [sha256, md5] = [createHash('sha256'), createHash('md5')];
  let octets = 0;
  for await (const portion of createReadStream(path)) {
    sha256.update(portion);
    md5.update(portion);
    octets += (portion as Buffer).length;
  }
  return { octets, sha256: sha256.digest('hex'), md5: md5.digest('hex') };
}
