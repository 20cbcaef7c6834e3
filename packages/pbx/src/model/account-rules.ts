/** What is wrong with an account, and what to do about it. Never holds the password. */
export interface AccountFault {
  readonly message: string;
  readonly remedy: string;
}

const SHORTEST_LOGIN = 4;
const SHORTEST_PASSWORD = 8;
/**
 * Beside a login of digits: extensions are the names that every scanner tries first, so that the password is all that
 * there is.
 */
const SHORTEST_PASSWORD_OF_DIGITS = 12;
/** A shorter login is in many a good password by chance: "2" in every fourth. */
const SHORTEST_LOGIN_HELD = 3;

const DIGITS = /^[0-9]+$/;
/** The characters that each password has one of, as a person calls them. */
const CLASSES: readonly (readonly [RegExp, string])[] = [
  [/\p{Lu}/u, 'capital letter'],
  [/\p{Ll}/u, 'small letter'],
  [/[0-9]/, 'digit'],
];

/** Why a login is not one for a new account; undefined when it is. */
export function loginFault(login: string): AccountFault | undefined {
  if (DIGITS.test(login) || (/^[A-Za-z]/.test(login) && login.length >= SHORTEST_LOGIN)) return undefined;
  const why = /^[A-Za-z]/.test(login)
    ? `has fewer than ${SHORTEST_LOGIN} characters`
    : 'begins with a digit and holds others';
  return {
    message: `login ${login} ${why}`,
    remedy: `take ${SHORTEST_LOGIN} or more characters, a letter first, or digits only, such as the extension`,
  };
}

/**
 * Why a password is not one for this login; undefined when it is.
 *
 * @param otherwise what else can be done about it, where that is neither to change a file nor the account
 */
export function passwordFault(login: string, password: string, otherwise?: string): AccountFault | undefined {
  const ofDigits = DIGITS.test(login);
  const shortest = ofDigits ? SHORTEST_PASSWORD_OF_DIGITS : SHORTEST_PASSWORD;
  const why = weaknessOf(login, password, shortest);
  if (why === undefined) return undefined;
  const rule = `${shortest} or more characters with a capital letter, a small letter and a digit, and without the login`;
  const usually = ofDigits
    ? `leave it out with "vats user add", which makes one, take a login with a letter first, or change it with "vats user password ${login}"`
    : `"vats user password ${login}" makes one`;
  return { message: `the password of ${login} is weak: ${why}`, remedy: `write ${rule}; ${otherwise ?? usually}` };
}

function weaknessOf(login: string, password: string, shortest: number): string | undefined {
  if (password === '') return 'it is empty';
  if ([...password].length < shortest) {
    const because = shortest > SHORTEST_PASSWORD ? ', which a login of digits needs' : '';
    return `it has fewer than ${shortest} characters${because}`;
  }
  if (login.length >= SHORTEST_LOGIN_HELD && password.toLowerCase().includes(login.toLowerCase())) {
    return 'it holds the login';
  }
  const missing = CLASSES.filter(([characters]) => !characters.test(password)).map(([, name]) => name);
  return missing.length === 0 ? undefined : `it has no ${missing.join(' and no ')}`;
}
