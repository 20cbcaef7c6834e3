import { createTransport } from 'nodemailer';
import { secretText } from '../settings/secret-text.ts';
import type { SmtpSettings } from '../settings/settings.ts';

/** One mail to one person. */
export interface Mail {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly urgent: boolean;
  readonly sound?: { readonly name: string; readonly octets: Buffer };
}

/** Resolves when the server has taken it; rejects with what it said. */
export type SendMail = (mail: Mail) => Promise<void>;

const PATIENCE_MS = 20_000;

/**
 * Sends by a server. TLS is insisted on where the settings say it: nothing, and no password, goes over a connection that is not encrypted.
 *
 * @throws StartFailure where the password is not where the settings say
 */
export function smtpSender({ host, port, tls, user, password }: SmtpSettings): SendMail {
  const secret = password && secretText('smtp.password', password);
  const transport = createTransport({
    ...{ host, port, secure: tls === 'tls', requireTLS: tls === 'starttls', ignoreTLS: tls === 'off' },
    ...{ connectionTimeout: PATIENCE_MS, greetingTimeout: PATIENCE_MS, socketTimeout: PATIENCE_MS },
    ...{ disableFileAccess: true, disableUrlAccess: true },
    ...(user !== undefined && secret !== undefined && { auth: { user, pass: secret } }),
  });
  return async ({ from, to, subject, text, urgent, sound }) => {
    await transport.sendMail({
      ...{ from, to, subject, text, ...(urgent && { priority: 'high' as const }) },
      ...(sound !== undefined && {
        attachments: [{ filename: sound.name, content: sound.octets, contentType: 'audio/wav' }],
      }),
    });
  };
}
