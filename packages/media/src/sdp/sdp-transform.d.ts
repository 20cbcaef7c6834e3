/**
 * What we use of the package's answer to attribute lines: it ships no types, and turns what looks like an integer into a
 * number.
 */
declare module 'sdp-transform' {
  type Value = string | number;

  interface Attributes {
    direction?: string;
    ptime?: Value;
    maxptime?: Value;
    rtcp?: { port?: Value; ipVer?: Value; address?: Value };
    rtp?: { payload?: Value; codec?: Value; rate?: Value; encoding?: Value }[];
    fmtp?: { payload?: Value; config?: Value }[];
  }

  export function parse(text: string): Attributes;
}
