const DOT = 0x2e;
const ZERO = 0x30;

/** The number that a dotted IPv4 address stands for; undefined for what `isIPv4` doesn't know either, as leading zeros. */
export function ipv4Number(text: string): number | undefined {
  let number = 0;
  let octet = -1;
  let dots = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const digit = code - ZERO;
    if (digit >= 0 && digit <= 9 && octet !== 0) {
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return undefined;
    } else if (code === DOT && octet >= 0 && dots < 3) {
      number = number * 256 + octet;
      octet = -1;
      dots++;
    } else return undefined;
  }
  return dots === 3 && octet >= 0 ? number * 256 + octet : undefined;
}
