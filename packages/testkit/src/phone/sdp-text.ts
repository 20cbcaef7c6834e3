/** What a phone says about its sound, as SDP says it (RFC 8866, RFC 3264). Audio only. */
export interface PhoneSdp {
  readonly address: string;
  readonly port: number;
  /** `o=` session id and version; the version must rise when anything changes. */
  readonly session: number;
  readonly version: number;
  readonly direction?: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
  /** In the order of preference: `8 PCMA/8000`. */
  readonly codecs?: readonly string[];
  readonly profile?: string;
  /** `a=crypto` lines, from the tag on. */
  readonly crypto?: readonly string[];
}

/** What a phone says otherwise than it usually does. */
export type SdpChanges = Partial<PhoneSdp>;

export const PHONE_CODECS: readonly string[] = ['8 PCMA/8000', '0 PCMU/8000', '101 telephone-event/8000'];

/** @example phoneSdp({ address: '192.0.2.10', port: 4000, session: 1, version: 1 }) */
export function phoneSdp(sdp: PhoneSdp): string {
  const { address, port, session, version, direction, codecs = PHONE_CODECS, profile = 'RTP/AVP', crypto = [] } = sdp;
  const family = address.includes(':') ? 'IP6' : 'IP4';
  const formats = codecs.map((codec) => codec.split(' ')[0]);
  return [
    'v=0',
    `o=- ${session} ${version} IN ${family} ${address}`,
    's=phone',
    `c=IN ${family} ${address}`,
    't=0 0',
    `m=audio ${port} ${profile} ${formats.join(' ')}`,
    ...crypto.map((line) => `a=crypto:${line}`),
    ...codecs.map((codec) => `a=rtpmap:${codec}`),
    ...(direction === undefined ? [] : [`a=${direction}`]),
    '',
  ].join('\r\n');
}

/** What a phone reads out of another's SDP: as little as it takes to answer, by plain search and not by our SDP layer. */
export interface HeardSdp {
  readonly address: string;
  readonly port: number;
  readonly direction: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
  /** `8 PCMA/8000`, in the order of the m= line. */
  readonly codecs: readonly string[];
  /** `o=` session id and version. */
  readonly origin: { readonly session: string; readonly version: string };
}

const STATIC_CODECS: Readonly<Record<string, string>> = { '0': 'PCMU/8000', '8': 'PCMA/8000', '9': 'G722/8000' };

export function readSdp(text: string): HeardSdp {
  const find = (pattern: RegExp): string => pattern.exec(text)?.[1] ?? '';
  const formats = find(/^m=audio \d+ \S+ (.*?)\r?$/m).split(' ');
  return {
    address: find(/^c=IN IP[46] (\S+)/m),
    port: Number(find(/^m=audio (\d+)/m)),
    direction: (find(/^a=(sendrecv|sendonly|recvonly|inactive)\r?$/m) || 'sendrecv') as HeardSdp['direction'],
    codecs: formats.map((format) => {
      const mapped = new RegExp(`^a=rtpmap:${format} (\\S+)`, 'm').exec(text)?.[1];
      return `${format} ${mapped ?? STATIC_CODECS[format] ?? 'unknown'}`;
    }),
    origin: { session: find(/^o=\S+ (\d+)/m), version: find(/^o=\S+ \d+ (\d+)/m) },
  };
}

const MIRRORED = { sendrecv: 'sendrecv', sendonly: 'recvonly', recvonly: 'sendonly', inactive: 'inactive' } as const;

/** What a phone answers to an offer: the first of its codecs that was offered, telephone-event beside it, the direction mirrored. */
export function answerTo(
  offer: HeardSdp,
  codecs: readonly string[],
): { readonly codecs: readonly string[]; readonly direction: HeardSdp['direction'] } {
  const isEvent = (codec: string): boolean => codec.includes('telephone-event');
  const shared = offer.codecs.filter((codec) => codecs.some((own) => own.split(' ')[1] === codec.split(' ')[1]));
  const sound = shared.find((codec) => !isEvent(codec));
  return {
    codecs: [...(sound === undefined ? [] : [sound]), ...shared.filter(isEvent)],
    direction: MIRRORED[offer.direction],
  };
}
