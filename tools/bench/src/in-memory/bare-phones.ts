import type { Endpoint } from '@vats/kernel';
import { digestResponse, ha1 } from '@vats/sip';
import type { InstantNetwork } from './instant-network.ts';

const SDP = (port: number): string =>
  `v=0\r\no=load 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio ${port} RTP/AVP 8 101\r\n` +
  'a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n';

export interface BarePhone {
  readonly at: Endpoint;
  readonly login: string;
  readonly password: string;
  readonly number: string;
}

/**
 * Two phones that cost next to nothing, so that what a bench measures is the switch: they find the headers that they
 * must repeat by a search in the text, and write the rest from templates.
 */
export class BarePhones {
  readonly #caller: BarePhone;
  readonly #callee: BarePhone;
  readonly #realm: string;
  readonly #inbox: { text: string; to: Endpoint }[] = [];
  network: InstantNetwork | undefined;
  #calls = 0;

  constructor(caller: BarePhone, callee: BarePhone, realm: string) {
    this.#caller = caller;
    this.#callee = callee;
    this.#realm = realm;
  }

  /** Everything that the switch sends. */
  readonly receive = (octets: Buffer, to: Endpoint): void => {
    this.#inbox.push({ text: octets.toString('latin1'), to });
  };

  register(which: 'caller' | 'callee'): void {
    const phone = which === 'caller' ? this.#caller : this.#callee;
    const request = (cseq: number, more: string): string =>
      `REGISTER sip:${this.#realm} SIP/2.0\r\n${via(phone, `reg${phone.login}${cseq}`)}From: <sip:${phone.login}@${this.#realm}>;tag=r\r\n` +
      `To: <sip:${phone.login}@${this.#realm}>\r\nCall-ID: reg-${phone.login}\r\nCSeq: ${cseq} REGISTER\r\n` +
      `Contact: <sip:${phone.login}@${phone.at.address}:${phone.at.port}>\r\nExpires: 3600\r\nMax-Forwards: 70\r\n${more}Content-Length: 0\r\n\r\n`;
    this.#send(phone, request(1, ''));
    const challenge = this.#next('401');
    this.#send(
      phone,
      request(2, this.#credentials(phone, 'REGISTER', `sip:${this.#realm}`, challenge, 'Authorization')),
    );
  }

  /** What has come and was not expected by the steps below; REGISTER's 200 comes in a later turn. */
  take(what: string): string {
    return this.#next(what);
  }

  /** Challenge, INVITE, 180, 200, ACK: what stands is ended by `end`. */
  begin(): { readonly end: () => void } {
    const call = ++this.#calls;
    const [caller, callee] = [this.#caller, this.#callee];
    const uri = `sip:${callee.number}@${this.#realm}`;
    const head = (method: string, cseq: number, branch: string, to: string): string =>
      `${method} ${uri} SIP/2.0\r\n${via(caller, `${call}${branch}`)}From: "Load" <sip:${caller.login}@${this.#realm}>;tag=c${call}\r\n` +
      `To: ${to}\r\nCall-ID: ${call}@192.0.2.1\r\nCSeq: ${cseq} ${method}\r\nContact: <sip:${caller.login}@${caller.at.address}:${caller.at.port}>\r\nMax-Forwards: 70\r\n`;
    const invite = (cseq: number, more: string): string => {
      const sdp = SDP(6000);
      return `${head('INVITE', cseq, `i${cseq}`, `<${uri}>`)}${more}Allow: INVITE, ACK, CANCEL, OPTIONS, BYE\r\nContent-Type: application/sdp\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`;
    };
    const bare = 'Content-Length: 0\r\n\r\n';
    this.#send(caller, invite(1, ''));
    const challenge = this.#next('SIP/2.0 40');
    this.#send(caller, head('ACK', 1, 'i1', header(challenge, 'To')) + bare);
    this.#send(caller, invite(2, this.#credentials(caller, 'INVITE', uri, challenge, 'Proxy-Authorization')));
    const offered = this.#next('INVITE ');
    const reply = (request: string, status: string, more: string): string =>
      `SIP/2.0 ${status}\r\nVia: ${header(request, 'Via')}\r\nFrom: ${header(request, 'From')}\r\nTo: ${header(request, 'To').replace(/;tag=.*/, '')};tag=s${call}\r\n` +
      `Call-ID: ${header(request, 'Call-ID')}\r\nCSeq: ${header(request, 'CSeq')}\r\n${more}`;
    const contact = `Contact: <sip:${callee.login}@${callee.at.address}:${callee.at.port}>\r\n`;
    this.#send(callee, reply(offered, '180 Ringing', contact + bare));
    this.#next('SIP/2.0 180');
    const sdp = SDP(7000);
    this.#send(
      callee,
      reply(
        offered,
        '200 OK',
        `${contact}Content-Type: application/sdp\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`,
      ),
    );
    this.#next('ACK ');
    const answer = this.#next('SIP/2.0 200');
    const to = header(answer, 'To');
    this.#send(caller, head('ACK', 2, 'a', to) + bare);
    return {
      end: () => {
        this.#send(caller, head('BYE', 3, 'b', to) + bare);
        const bye = this.#next('BYE ');
        this.#next('SIP/2.0 200');
        this.#send(callee, reply(bye, '200 OK', bare));
      },
    };
  }

  #credentials(phone: BarePhone, method: string, uri: string, challenge: string, name: string): string {
    const nonce = /nonce="([^"]+)"/.exec(challenge)?.[1] ?? '';
    const realm = /realm="([^"]+)"/.exec(challenge)?.[1] ?? '';
    const qop = /qop="?auth/.test(challenge);
    const protection = qop ? { qop: 'auth' as const, nc: '00000001', cnonce: 'c' } : undefined;
    const answer = digestResponse({
      algorithm: 'MD5',
      ha1: this.#ha1(phone, realm),
      method,
      uri,
      nonce,
      ...(protection && { protection }),
    });
    return `${name}: Digest username="${phone.login}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${answer}", algorithm=MD5${qop ? ', qop=auth, nc=00000001, cnonce="c"' : ''}\r\n`;
  }

  readonly #known = new Map<string, string>();
  #ha1(phone: BarePhone, realm: string): string {
    const known = this.#known.get(phone.login) ?? ha1('MD5', phone.login, realm, phone.password);
    this.#known.set(phone.login, known);
    return known;
  }

  #send(phone: BarePhone, text: string): void {
    this.network?.deliver(text, phone.at);
  }

  /** The next message that begins so; provisional 100s are passed over. */
  #next(what: string): string {
    const at = this.#inbox.findIndex(({ text }) => text.startsWith(what.startsWith('4') ? `SIP/2.0 ${what}` : what));
    const found = this.#inbox[at];
    if (found === undefined)
      throw new Error(`no ${what} came, but ${this.#inbox.map(({ text }) => text.split('\r\n')[0])}`);
    this.#inbox.splice(at, 1);
    return found.text;
  }
}

function via(phone: BarePhone, branch: string): string {
  return `Via: SIP/2.0/UDP ${phone.at.address}:${phone.at.port};branch=z9hG4bK${branch};rport\r\n`;
}

function header(text: string, name: string): string {
  const at = text.indexOf(`\r\n${name}: `) + name.length + 4;
  return text.slice(at, text.indexOf('\r\n', at));
}
