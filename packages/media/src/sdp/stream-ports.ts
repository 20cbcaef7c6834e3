/** How a stream's datagrams are read: as RTP beside RTCP, or not at all (UDPTL, BFCP). */
export type StreamTransport = 'rtp' | 'udp';

/** A stream beside the sound of one leg, as it is to be carried. */
export interface StreamOrder {
  /** The same on both legs of a call, and of one leg at a time: `name` of its m-line's place and what stands there. */
  readonly key: string;
  /** video, image, application, text … */
  readonly kind: string;
  readonly transport: StreamTransport;
}

/** Where one leg's streams beside its sound get their ports. */
export interface StreamPorts {
  /** The port that our SDP names for the stream: the same each time until it is let go. Undefined: it is not carried. */
  open(stream: StreamOrder): number | undefined;
  /** No streams but these are needed any more, by their keys. */
  keep(streams: ReadonlySet<string>): void;
}
