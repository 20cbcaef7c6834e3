import type { SipRequest, SipResponse } from '../../message/message.ts';
import type {
  EarlyDialog,
  IncomingInvite,
  IncomingInviteUser,
  IncomingReinvite,
  InviteFailure,
  OutgoingInviteUser,
  ReinviteUser,
  Respond,
  Session,
  SessionEnd,
  SessionUser,
} from '../user.ts';

/** A user of sessions and INVITEs that notes what it hears, and does what a test hangs into it. */
export class Recorder implements OutgoingInviteUser, IncomingInviteUser, ReinviteUser {
  /** 'progress 180 tag', 'answer', 'failure 487 cancelled', 'ack', 'reinvite', 'end remote-bye'… in order. */
  readonly events: string[] = [];
  readonly requests: SipRequest[] = [];
  readonly earlies: EarlyDialog[] = [];
  incoming: IncomingInvite | undefined;
  session: Session | undefined;
  response: SipResponse | undefined;
  end: SessionEnd | undefined;
  reinvite: IncomingReinvite | undefined;
  update: IncomingReinvite | undefined;
  respond: Respond | undefined;
  whenAnswered: (session: Session) => void = () => {};
  whenReinvited: (reinvite: IncomingReinvite) => void = () => {};

  /** The events since the last call. */
  heard(): string[] {
    return this.events.splice(0);
  }

  onProgress(response: SipResponse, early: EarlyDialog | undefined): void {
    this.events.push(`progress ${response.status}${early === undefined ? '' : ` ${early.id}`}`);
    if (early !== undefined) this.earlies.push(early);
  }

  onAnswer(response: SipResponse, session?: Session): SessionUser {
    this.response = response;
    this.events.push(session === undefined ? 'reinvite answered' : 'answer');
    if (session !== undefined) {
      this.session = session;
      this.whenAnswered(session);
    }
    return this;
  }

  onFailure(failure: InviteFailure | number, response?: SipResponse): void {
    if (typeof failure === 'number') {
      this.response = response;
      this.events.push(`reinvite failed ${failure}`);
    } else {
      this.response = failure.response;
      this.events.push(`failure ${failure.status} ${failure.cause}`);
    }
  }

  onEarlyRequest(request: SipRequest, early: EarlyDialog, respond: Respond): void {
    this.requests.push(request);
    this.respond = respond;
    this.events.push(`early ${request.method} ${early.id}`);
  }

  onAck(sdp: string | undefined): void {
    this.events.push(sdp === undefined ? 'ack' : `ack ${sdp}`);
  }

  onReinvite(reinvite: IncomingReinvite): void {
    this.reinvite = reinvite;
    this.events.push(`reinvite ${reinvite.offer ?? 'without offer'}`);
    this.whenReinvited(reinvite);
  }

  onUpdate(update: IncomingReinvite): void {
    this.update = update;
    this.events.push(`update ${update.offer}`);
  }

  onEarlyUpdate(update: IncomingReinvite, early: EarlyDialog): void {
    this.update = update;
    this.events.push(`early update ${update.offer} ${early.id}`);
  }

  onRefreshed(sdp: string): void {
    this.events.push(`refreshed ${sdp}`);
  }

  onUnacknowledged(): void {
    this.events.push('unacknowledged');
  }

  onPrack(sdp: string | undefined): void {
    this.events.push(`prack ${sdp}`);
  }

  onReinviteCancelled(): void {
    this.events.push('reinvite cancelled');
  }

  onRequest(request: SipRequest, respond: Respond): void {
    this.requests.push(request);
    this.respond = respond;
    this.events.push(request.method);
  }

  onCancel(request: SipRequest): void {
    this.events.push(`cancelled by ${request.method}`);
  }

  onTransportError(): void {
    this.events.push('transport error');
  }

  onEnd(end: SessionEnd): void {
    this.end = end;
    this.events.push(`end ${end.by}`);
  }
}
