import { parseNetwork } from '@vats/kernel';
import type { Trunk } from '../model/model.ts';
import { isOperatorsOwn } from '../own-network.ts';
import type { KeyPath } from '../problems/problem.ts';
import { networkFault } from '../schema/access.ts';
import { below, type JudgedView, type Report } from './domain-view.ts';

/**
 * Finds what the schema must let pass in trunks, because stored ones of before it was refused are read by it: zones in networks,
 * a Contact user that strangers guess, words of TLS that contradict each other.
 */
export function checkTrunks(view: JudgedView, report: Report): void {
  for (const { object: trunk, path } of view.fresh.trunks) {
    // What an earlier file or version said is not this file's to mend.
    if (path === undefined) continue;
    for (const [index, text] of (trunk.allow ?? []).entries()) {
      const wrong = networkFault(text);
      if (wrong !== undefined) report('error', below(path, 'allow', index), wrong.message, wrong.remedy);
      const network = parseNetwork(text);
      if (network.ok && !isOperatorsOwn(network.value)) {
        report(
          'warning',
          below(path, 'allow', index),
          `${text} is more than one operator has, so what comes from there is judged like strangers are`,
          "write the operator's own networks: they are heard whatever access says",
        );
      }
    }
    checkContactUser(trunk, path, report);
    checkDtmf(trunk, path, report);
    checkTls(trunk, path, report);
  }
}

function checkTls({ transport, proxy, tls }: Trunk, path: KeyPath, report: Report): void {
  const isSips = proxy.startsWith('sips:');
  if (isSips && transport !== undefined && transport !== 'tls') {
    const what = `${proxy} asks for TLS, so nothing goes by this trunk over ${transport}`;
    return void report('warning', below(path, 'transport'), what, 'write transport: tls, or a proxy with sip:');
  }
  if (tls === undefined) return;
  if (transport !== 'tls' && !isSips) {
    return void report('warning', below(path, 'tls'), 'this trunk does not speak TLS', 'write transport: tls', 'key');
  }
  if (tls.verify !== 'off') return;
  const remedy = "write authorities: FILE with the authority of the operator's certificate";
  report('warning', below(path, 'tls', 'verify'), 'whoever answers is taken for this operator', remedy);
}

/** Tones are made and heard in the codecs that do not model a voice. */
const TONE_CODECS: ReadonlySet<string> = new Set(['pcma', 'pcmu', 'g722']);

function checkDtmf({ dtmf, codecs }: Trunk, path: KeyPath, report: Report): void {
  if (dtmf !== 'inband' || codecs === undefined) return;
  if (codecs.some((name) => TONE_CODECS.has(name.toLowerCase()))) return;
  report(
    'warning',
    below(path, 'dtmf'),
    `keys can't go as tones in ${codecs.join(', ')}: none of them carries tones well enough`,
    'add PCMA, PCMU or G722 to codecs, or ask the operator for RFC 4733 or SIP INFO',
  );
}

/** An INVITE is taken for the operator's by our Contact user, so one that is no secret needs the addresses to be said. */
function checkContactUser({ register, allow }: Trunk, path: KeyPath, report: Report): void {
  const { contactUser, login } = register ?? {};
  if (contactUser === undefined || (allow?.length ?? 0) > 0) return;
  if (contactUser !== login && !/^\+?\d+$/.test(contactUser)) return;
  report(
    'error',
    below(path, 'register', 'contactUser'),
    `${contactUser} is easily guessed, and calls of this trunk are known by it`,
    'add allow with the addresses that the operator calls from, or leave contactUser out: a random one is made',
  );
}
