import { hash } from 'node:crypto';
import type { Random } from '@vats/kernel';
import { passwordFault } from './account-rules.ts';
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
    md5: hash('md5', text),
    sha256: hash('sha256', text),
  };
}

// Without 0 O 1 l I: these are read aloud and typed on telephone keys.
const PASSWORD_ALPHABET = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const PASSWORD_CHARACTERS = 16;

/**
 * A password for an account: 16 characters, some 93 bits, which the rules of accounts allow. Without the login it may by
 * an odd chance hold that, and be refused.
 */
export function makePassword(random: Random, login = ''): string {
  for (;;) {
    let password = '';
    while (password.length < PASSWORD_CHARACTERS) password += PASSWORD_ALPHABET[random.below(PASSWORD_ALPHABET.length)];
    if (passwordFault(login, password) === undefined) return password;
  }
}
