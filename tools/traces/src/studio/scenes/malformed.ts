const HEAD = {
  via: 'Via: SIP/2.0/UDP 127.0.0.64:5060;branch=z9hG4bK.malformed-',
  from: 'From: <sip:mallory@127.0.0.64>;tag=m1',
  to: 'To: <sip:202@127.0.0.50>',
};

let number = 0;

/** An OPTIONS that is right in all but what is given; a header of `undefined` is left out. */
function options(
  wrong: Readonly<Record<string, string | undefined>>,
  start = 'OPTIONS sip:127.0.0.50 SIP/2.0',
): string {
  number += 1;
  const right: Record<string, string | undefined> = {
    via: `${HEAD.via}${number}`,
    maxForwards: 'Max-Forwards: 70',
    from: HEAD.from,
    to: HEAD.to,
    callId: `Call-ID: malformed-${number}@127.0.0.64`,
    cseq: `CSeq: ${number} OPTIONS`,
    length: 'Content-Length: 0',
    ...wrong,
  };
  const lines = Object.values(right).filter((line) => line !== undefined);
  return `${start}\r\n${lines.join('\r\n')}\r\n\r\n`;
}

/** Requests with one fault each; what is wrong stands in the call. The last one is good: whoever is asked still lives. */
export const MALFORMED: readonly string[] = [
  options({ cseq: undefined }),
  options({ callId: undefined }),
  options({ from: undefined }),
  options({ to: undefined }),
  options({ cseq: 'CSeq: 5 INVITE' }),
  options({ cseq: 'CSeq: 4294967296000 OPTIONS' }),
  options({ to: 'To: "unfinished <sip:202@127.0.0.50>' }),
  options({ length: 'Content-Length: 4000' }),
  options({ length: 'Content-Length: -1' }),
  options({ maxForwards: 'Max-Forwards: 0' }),
  options({}, 'OPTIONS sip:127.0.0.50 SIP/7.0'),
  options({}, 'OPTIONS  SIP/2.0'),
  options({}, 'OPTIONS mumble:127.0.0.50 SIP/2.0'),
  options({ require: 'Require: no-such-extension' }),
  options({ cseq: 'CSeq: 15 JUGGLE' }, 'JUGGLE sip:127.0.0.50 SIP/2.0'),
  'This is not SIP at all.\r\n\r\n',
  options({}),
];
