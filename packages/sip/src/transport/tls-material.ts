import type { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';

/** A certificate of ours with its chain, and its key, both PEM. */
export interface OwnCertificate {
  /** The first certificate of the file: whose names it is chosen by. */
  readonly leaf: X509Certificate;
  readonly chain: string;
  readonly key: string;
}

/** What we show of ourselves over TLS, and what others must show to us. */
export interface TlsMaterial {
  /** The first one is shown to who asks for no name, or one that none is for; at least one. */
  readonly certificates: readonly [OwnCertificate, ...OwnCertificate[]];
  /** Clients are asked for a certificate of these authorities (PEM). */
  readonly clients?: {
    readonly authorities: string;
    /** Without one no handshake is finished. */
    readonly required: boolean;
  };
}

/** TLS below 1.2 has been broken for long (RFC 8996). */
export const LOWEST_VERSION = 'TLSv1.2';

/** Material as OpenSSL takes it. @throws what OpenSSL says, when a certificate and its key do not belong together */
export class TlsContexts {
  readonly material: TlsMaterial;
  readonly first: SecureContext;
  readonly #others: readonly { readonly leaf: X509Certificate; readonly context: SecureContext }[];

  constructor(material: TlsMaterial) {
    this.material = material;
    const contextOf = ({ chain, key }: OwnCertificate): SecureContext =>
      createSecureContext({
        cert: chain,
        key,
        minVersion: LOWEST_VERSION,
        ...(material.clients !== undefined && { ca: material.clients.authorities }),
      });
    const [first, ...others] = material.certificates;
    this.first = contextOf(first);
    this.#others = others.map((each) => ({ leaf: each.leaf, context: contextOf(each) }));
  }

  /** Of the certificate that is for this name (RFC 6066 §3). */
  for(name: string): SecureContext {
    if (this.material.certificates[0].leaf.checkHost(name) !== undefined) return this.first;
    return this.#others.find(({ leaf }) => leaf.checkHost(name) !== undefined)?.context ?? this.first;
  }
}
