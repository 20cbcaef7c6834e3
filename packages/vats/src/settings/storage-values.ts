import { remedyForOtherTypes, textThat } from '@vats/pbx';
import { z } from 'zod';

const URL_REMEDY = 'write https://HOST, or http://HOST:PORT within this machine';

/** The address of an object server: what is in it besides host, port and path would be left out, or is a secret. */
export const storageUrl = textThat(
  (text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, username, password, search, hash } = new URL(text);
    return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '';
  },
  () => 'this is not the address of an S3 server',
  URL_REMEDY,
);

/** One word that a server is told, as it stands in host names and paths. */
export function storageWord(what: string, example: string) {
  return textThat(
    (text) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/.test(text),
    (text) => `${text} is not the name of a ${what}`,
    `write letters, digits, dots and hyphens, such as ${example}`,
  );
}

/** What every object's name begins with. */
export const storagePrefix = z.string(remedyForOtherTypes('write a path such as office/')).check((ctx) => {
  const parts = ctx.value.replace(/\/$/, '').split('/');
  const good = ctx.value === '' || parts.every((part) => /^[A-Za-z0-9._=-]{1,100}$/.test(part) && !/^\.+$/.test(part));
  if (good && ctx.value.length <= 400) return;
  const params = { remedy: 'write a path of letters, digits, dots and hyphens, such as office/' };
  ctx.issues.push({ code: 'custom', message: 'this can not be what names begin with', params, input: ctx.value });
});
