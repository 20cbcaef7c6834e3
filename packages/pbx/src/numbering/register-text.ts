/**
 * The text of a register's file: UTF-8, or windows-1251 where it is not. Undefined for what is neither: other encodings would
 * give wrong names and no other fault.
 */
export function registerText(octets: Uint8Array): string | undefined {
  const text = decoded('utf-8', octets) ?? decoded('windows-1251', octets);
  // UTF-16 has zeros; the one octet that windows-1251 has no letter for comes out as a control character.
  return text === undefined || /[\u0000\u0098]/.test(text) ? undefined : text;
}

function decoded(encoding: string, octets: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(octets);
  } catch {
    return undefined;
  }
}
