import type { EncoderWishes } from './sound-codec.ts';

/** What the parameters of an Opus format ask of whoever sends to their writer (RFC 7587 §6.1); what can't be read asks nothing. */
export function opusWishes(fmtp: string | undefined): EncoderWishes {
  const parameters = new Map<string, string>();
  for (const part of (fmtp ?? '').split(';')) {
    const [name, value] = part.split('=');
    if (value !== undefined) parameters.set(name!.trim().toLowerCase(), value.trim());
  }
  const bitRate = Number(parameters.get('maxaveragebitrate'));
  return {
    ...(Number.isInteger(bitRate) && bitRate > 0 && { bitRate }),
    ...(parameters.get('useinbandfec') === '1' && { forwardErrorCorrection: true }),
  };
}
