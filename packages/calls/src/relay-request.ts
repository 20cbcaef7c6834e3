import type { HeaderField, Respond, Session, SipRequest } from '@vats/sip';
import { badInfoPackage } from './info-packages.ts';

/** Requests within a call that mean something to the other person's phone. */
const RELAYED: readonly string[] = ['INFO', 'MESSAGE'];

/** Headers that say what the body is; the rest belongs to the leg. */
const BODY_HEADERS = ['Content-Type', 'Content-Disposition', 'Content-Encoding', 'Info-Package'] as const;

/**
 * Answers a request within a dialog: INFO and MESSAGE go to the other leg and its answer comes back; OPTIONS is answered
 * here; a NOTIFY that only keeps a NAT open is accepted. The peer's own refusals come back as they are, but a challenge or
 * a redirection, which is between us and that leg. An INFO of a package that the other leg does not take stays here (469).
 *
 * @param infoPackages that the other leg takes
 */
export function relayInDialogRequest(
  request: SipRequest,
  respond: Respond,
  other: Session | undefined,
  infoPackages: readonly string[] = [],
): void {
  if (request.method === 'OPTIONS') {
    respond(200);
    return;
  }
  if (request.method === 'NOTIFY') {
    const keepAlive = request.value('Event')?.toLowerCase().split(';')[0]?.trim() === 'keep-alive';
    respond(keepAlive ? 200 : 481);
    return;
  }
  if (request.method === 'REFER') {
    // Nobody is to be sent on by whom nobody has answered yet.
    respond(491);
    return;
  }
  // A call's dialog has one usage here (RFC 6665 §4.5.2).
  if (request.method === 'SUBSCRIBE') {
    respond(403, { reason: 'Subscribe Outside The Call' });
    return;
  }
  if (!RELAYED.includes(request.method)) {
    respond(501);
    return;
  }
  const taken = badInfoPackage(request, infoPackages);
  if (taken !== undefined) {
    respond(469, { headers: taken });
    return;
  }
  if (other === undefined || other.ended) {
    respond(480);
    return;
  }
  const headers = BODY_HEADERS.flatMap((name): HeaderField[] => {
    const value = request.value(name);
    return value === undefined ? [] : [[name, value]];
  });
  other.request(request.method, request.body.length === 0 ? { headers } : { headers, body: request.body }, {
    onResponse: (final) => {
      const ours =
        final.status < 400 && final.status >= 300
          ? 480
          : final.status === 401 || final.status === 407
            ? 403
            : final.status;
      const contentType = final.value('Content-Type');
      respond(
        ours,
        final.body.length > 0 && contentType !== undefined
          ? { headers: [['Content-Type', contentType]], body: final.body }
          : {},
      );
    },
    onFailure: (cause) => respond(cause === 'timeout' ? 408 : 503),
  });
}
