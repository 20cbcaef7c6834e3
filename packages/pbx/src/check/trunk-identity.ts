import { parseNetwork } from '@vats/kernel';
import type { Trunk } from '../model/model.ts';
import { isOperatorsOwn } from '../own-network.ts';
import type { KeyPath } from '../problems/problem.ts';
import { below, type JudgedView, type Report } from './domain-view.ts';

/** Says what a trunk's `identity` is worth, and where it says nothing or too much. */
export function checkTrunkIdentity(view: JudgedView, report: Report): void {
  for (const { object: trunk, path } of view.fresh.trunks) {
    if (path === undefined || trunk.identity === undefined) continue;
    checkTrust(trunk, path, report);
    checkSent(trunk, path, report);
    checkForwarded(trunk, path, report);
  }
}

/** What is believed of a trunk is believed of whoever can send by it. */
function checkTrust({ identity = {}, register, transport, allow = [] }: Trunk, path: KeyPath, report: Report): void {
  const at = below(path, 'identity', 'trust');
  if (identity.trust !== true) {
    if (identity.connected === true) {
      report(
        'error',
        below(path, 'identity', 'connected'),
        'who answers is told to trunks alone that are trusted',
        'add trust: true where the operator is part of your trust domain (RFC 3325), or leave connected out',
      );
    }
    return;
  }
  const wide = allow.find((text) => {
    const network = parseNetwork(text);
    return network.ok && !isOperatorsOwn(network.value);
  });
  if (wide !== undefined) {
    report(
      'error',
      at,
      `the identities of its calls would be believed from all of ${wide}, which is more than one operator has`,
      "write the operator's own networks into allow, or leave trust out",
    );
    return;
  }
  const isByContact = register !== undefined && register.recognise !== 'address';
  if (isByContact || transport === 'tcp' || transport === 'tls') return;
  report(
    'warning',
    at,
    'its calls are known by their address alone, which can be forged over UDP, and so could the identities be that are believed',
    'use transport: tcp or a private line to it, or leave trust out',
  );
}

function checkSent({ identity = {} }: Trunk, path: KeyPath, report: Report): void {
  const { send = [] } = identity;
  if (new Set(send).size < send.length) {
    report('error', below(path, 'identity', 'send'), 'a header is named twice', 'name each once');
  }
  if (send.includes('p-asserted-identity') && send.includes('p-preferred-identity')) {
    report(
      'error',
      below(path, 'identity', 'send'),
      'who asserts an identity prefers none: no request has both headers (RFC 3325 §9)',
      'write p-preferred-identity where the operator checks the number itself, else p-asserted-identity',
    );
  }
}

function checkForwarded({ identity = {} }: Trunk, path: KeyPath, report: Report): void {
  const { forwarded = [], forwardedCaller } = identity;
  if (new Set(forwarded).size < forwarded.length) {
    report('error', below(path, 'identity', 'forwarded'), 'a header is named twice', 'name each once');
  }
  if (forwardedCaller === 'original' && forwarded.length === 0) {
    report(
      'error',
      below(path, 'identity', 'forwardedCaller'),
      'a number that is not ours would be shown without a word of who forwards the call, which operators refuse',
      'add forwarded: [diversion] or [history-info], as the operator asks for, or leave forwardedCaller out',
    );
  }
}
