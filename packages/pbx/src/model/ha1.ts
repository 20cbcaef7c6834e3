import { createHash } from 'node:crypto';
import type { Random } from '@vats/kernel';
import type { DeviceHa1, Ha1Digests } from './model.ts';

/** The digests of an account's password; text is hashed as UTF-8 (RFC 7616 §4). */
export function ha1Of(login: string, domain: string, realm: string, password: string): DeviceHa1 {
  return {
    ...digestsOf(login, realm, password),
    withDomain: { domain, ...digestsOf(`${login}@${domain}`, realm, password) },
  };
}

function digestsOf(username: string, realm: string, password: string): Ha1Digests {
  const text = `${username}:${realm}:${password}`;
  return {
    md5: createHash('md5').update(text).digest('hex'),
    sha256: createHash('sha256').update(text).digest('hex'),
  };
}

const SHORTEST_PASSWORD = 8;

/** Why a password is easily guessed, or undefined when it is not. */
export function passwordWeakness(password: string, login: string): string | undefined {
  if (password.length < SHORTEST_PASSWORD) return `it has fewer than ${SHORTEST_PASSWORD} characters`;
  if (password.toLowerCase().includes(login.toLowerCase())) return 'it holds the login';
  if (/^[0-9]+$/.test(password)) return 'it has digits only';
  return new Set(password).size < 4 ? 'it repeats a few characters' : undefined;
}

// Without 0 O 1 l I: these are read aloud and typed on telephone keys.
const PASSWORD_ALPHABET = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const PASSWORD_CHARACTERS = 16;

/** A password for a new account: 16 characters, some 93 bits, with a digit, a small and a capital letter. */
export function makePassword(random: Random): string {
  for (;;) {
    let password = '';
    while (password.length < PASSWORD_CHARACTERS) password += PASSWORD_ALPHABET[random.below(PASSWORD_ALPHABET.length)];
    if (/[a-z]/.test(password) && /[A-Z]/.test(password) && /[0-9]/.test(password)) return password;
  }
}
