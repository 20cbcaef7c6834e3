/**
 * The text of a register's file: UTF-8, or windows-1251 where it is not. Undefined for what is neither: other encodings, and UTF-8
 * that was cut within a letter, would give wrong names and no other fault.
 */
export function registerText(octets: Uint8Array): string | undefined {
  const text = decoded('utf-8', octets) ?? (isDamagedUtf8(octets) ? undefined : decoded('windows-1251', octets));
  // UTF-16 has zeros; the one octet that windows-1251 has no letter for comes out as a control character.
  return text === undefined || /[\u0000\u0098]/.test(text) ? undefined : text;
}

/** Whether most of what is not ASCII is Cyrillic letters of two octets. In windows-1251 those pairs are a letter and a sign, which no word has. */
function isDamagedUtf8(octets: Uint8Array): boolean {
  let high = 0;
  let pairs = 0;
  for (let at = 0; at < octets.length; at++) {
    const octet = octets[at]!;
    if (octet < 0x80) continue;
    high++;
    const next = octets[at + 1] ?? 0;
    if ((octet === 0xd0 || octet === 0xd1) && next >= 0x80 && next < 0xc0) pairs++;
  }
  return pairs * 4 > high;
}

function decoded(encoding: string, octets: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(octets);
  } catch {
    return undefined;
  }
}
