import { isIP } from 'node:net';
import {
  access,
  country,
  duration,
  email,
  fault,
  host,
  line,
  network,
  networks,
  sessionTimer,
  shown,
  textThat,
} from '@vats/pbx';
import { z } from 'zod';
import { secretSource } from './secret-source.ts';
import { storagePrefix, storageUrl, storageWord } from './storage-values.ts';
import {
  advertised,
  asFiles,
  cidr,
  endpointText,
  ipAddress,
  listenUrl,
  octets,
  origin,
  portRange,
  rate,
  storeUrl,
} from './values.ts';

const path = z.string().min(1).max(4096);
const count = (lowest: number, highest: number) => z.int().min(lowest).max(highest);
const headerName = textThat(
  (text) => /^[A-Za-z0-9!%*_+`'~.-]+$/.test(text),
  (text) => `${text} is not the name of a header`,
  'write one such as X-Client-Address',
);
/** Headers, and their short forms, that say something else already: what they say is no proxy's observation. */
const OF_SIP = new Set(
  `from to via contact call-id cseq route record-route max-forwards content-length content-type content-encoding
  authorization proxy-authorization www-authenticate proxy-authenticate expires user-agent allow supported require
  proxy-require path event date subject f t v m i l c e s k`.split(/\s+/),
);
const proxies = z.record(z.string(), headerName).check((ctx) => {
  for (const [key, header] of Object.entries(ctx.value)) {
    if (isIP(key) === 0) {
      const remedy = "write the proxy's own address, and the header that it overwrites: { 10.0.0.5: X-Client-Address }";
      ctx.issues.push({ ...fault(`${shown(key)} is not an IP address`, remedy, [key]), input: key });
    }
    if (OF_SIP.has(header.toLowerCase())) {
      const remedy = 'have the proxy write one of its own, such as X-Client-Address';
      ctx.issues.push({ ...fault(`${header} is a header that SIP itself uses`, remedy, [key]), input: header });
    }
  }
});
const productName = textThat(
  (text) => /^[\x21-\x7e][\x20-\x7e]{0,127}$/.test(text),
  (text) => `${text} can not stand in a header`,
  'write up to 128 printable ASCII characters',
);
const networkOverrides = z.record(z.string(), country).check((ctx) => {
  for (const key of Object.keys(ctx.value)) {
    if (!network.safeParse(key).success) {
      ctx.issues.push({ ...fault('this key is not a network', 'write ADDRESS or ADDRESS/BITS', [key]), input: key });
    }
  }
});

/** Where recordings go when they are finished (docs/recordings.md). */
const s3 = z.strictObject({
  endpoint: storageUrl.exactOptional(),
  region: storageWord('region', 'ru-1').exactOptional(),
  bucket: storageWord('bucket', 'vats-recordings').exactOptional(),
  prefix: storagePrefix.exactOptional(),
  /** Whether the bucket stands in the path, as most servers take it, or before the host's name. */
  addressing: z.enum(['path', 'host']).exactOptional(),
  accessKey: secretSource.exactOptional(),
  secretKey: secretSource.exactOptional(),
  /** Files stay here, too. */
  keepLocal: z.boolean().exactOptional(),
});

/** The server that mail goes out by (docs/voicemail.md). */
const smtp = z.strictObject({
  host: host.exactOptional(),
  port: count(1, 65_535).exactOptional(),
  /** `starttls` (by default) and `tls` (from the first octet) are insisted on; `off`: in the clear. */
  tls: z.enum(['starttls', 'tls', 'off']).exactOptional(),
  user: line(254).exactOptional(),
  password: secretSource.exactOptional(),
  from: email.exactOptional(),
});

/** A PEM file with the chain of a certificate, its own one first, and one with its key. */
const certificateFiles = { certificate: path, key: path };
const tls = z.strictObject({
  certificate: path.exactOptional(),
  key: path.exactOptional(),
  /** Shown to whoever asks for a name that is theirs. */
  others: z
    .array(z.preprocess(asFiles, z.strictObject(certificateFiles)))
    .max(100)
    .exactOptional(),
  /** Whose certificates clients may show, and whether they must. */
  clients: z.strictObject({ authorities: path.exactOptional(), required: z.boolean().exactOptional() }).exactOptional(),
});

/** One machine's settings as its file says them; every key may be left out. */
export const settingsFile = z.strictObject({
  /** The directory of database, key, recordings, prompts. */
  data: path.exactOptional(),
  log: z
    .strictObject({
      level: z.enum(['trace', 'debug', 'info', 'warn', 'error']).exactOptional(),
      format: z.enum(['auto', 'json', 'pretty']).exactOptional(),
    })
    .exactOptional(),
  sip: z
    .strictObject({
      listen: z.array(listenUrl).min(1).exactOptional(),
      /** Written into Via and Contact for everyone outside `local`. */
      advertise: advertised.exactOptional(),
      local: z.array(cidr).exactOptional(),
      userAgent: productName.exactOptional(),
      /** Algorithms that accounts are challenged with, where domain and account say nothing. */
      digest: z.enum(['md5', 'sha256', 'both']).exactOptional(),
      /** Our certificates (docs/tls.md). */
      tls: tls.exactOptional(),
      webSocket: z
        .strictObject({
          /** Pages of which web sites may open a WebSocket; none unless said. */
          origins: z.union([z.literal('any'), z.array(origin).max(1_000)]).exactOptional(),
        })
        .exactOptional(),
      /** Reliable provisional responses (RFC 3262): with an SDP where the caller supports them; only where it requires them; not spoken. */
      prack: z.enum(['sdp', 'required', 'off']).exactOptional(),
      sessionTimer: sessionTimer.exactOptional(),
    })
    .exactOptional(),
  media: z
    .strictObject({
      address: z.union([ipAddress, z.array(ipAddress).min(1).max(2)]).exactOptional(),
      /** Written into SDP for everyone outside `sip.local`. */
      advertise: ipAddress.exactOptional(),
      ports: portRange.exactOptional(),
      workers: z.union([z.literal('auto'), count(1, 256)]).exactOptional(),
      silenceTimeout: duration('5s', '24h').exactOptional(),
      holdTimeout: duration('5s', '24h').exactOptional(),
      /** Whether sound is converted between phones that share no codec; their call is refused otherwise. On unless said. */
      transcode: z.boolean().exactOptional(),
      /** Whether video is carried, and what serves it; refused beside the sound otherwise. On unless said. */
      video: z.boolean().exactOptional(),
    })
    .exactOptional(),
  calls: z
    .strictObject({
      /** Calls at once; one more gets 503. */
      max: count(1, 100_000).exactOptional(),
      /** An answered call ends after this long. */
      timeLimit: duration('10s', '7d').exactOptional(),
    })
    .exactOptional(),
  /** Services that decide what is done with callers (docs/menus.md): those in internal networks that may be asked. */
  decisions: z.strictObject({ allow: networks.exactOptional() }).exactOptional(),
  /** How long finished calls are kept. Left out: for ever, for nobody's records should go by a default. */
  history: z.strictObject({ keep: duration('1h', '3650d').exactOptional() }).exactOptional(),
  recordings: z
    .strictObject({
      /** Below this room on their disk nothing is recorded; 0 octets: the disk is not watched. */
      minFree: octets.exactOptional(),
      storage: z.strictObject({ s3: s3.exactOptional() }).exactOptional(),
    })
    .exactOptional(),
  smtp: smtp.exactOptional(),
  http: z.strictObject({ listen: z.union([z.literal('off'), endpointText]).exactOptional() }).exactOptional(),
  store: z.strictObject({ url: storeUrl.exactOptional() }).exactOptional(),
  access: z
    .strictObject({
      /** Who may talk to this machine at all; a domain's own policy can only narrow it. */
      policy: access.exactOptional(),
      /** What those get whom the policy shuts out. */
      refuse: z.preprocess((value) => (value === 403 ? '403' : value), z.enum(['silence', '403'])).exactOptional(),
      trusted: networks.exactOptional(),
      /** Proxies in front, and the header that each overwrites with the client's address. */
      proxies: proxies.exactOptional(),
      rate: z
        .strictObject({
          perSource: rate.exactOptional(),
          burst: count(1, 1_000_000).exactOptional(),
          total: rate.exactOptional(),
          known: rate.exactOptional(),
        })
        .exactOptional(),
      ban: z
        .strictObject({
          failures: count(1, 10_000).exactOptional(),
          within: duration('1s', '24h').exactOptional(),
          for: duration('1s', '365d').exactOptional(),
          longest: duration('1s', '365d').exactOptional(),
        })
        .exactOptional(),
      geo: z
        .strictObject({ database: path.exactOptional(), overrides: networkOverrides.exactOptional() })
        .exactOptional(),
    })
    .exactOptional(),
});
export type SettingsFile = z.output<typeof settingsFile>;
