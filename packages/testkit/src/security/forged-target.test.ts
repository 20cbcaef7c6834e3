import { expect } from 'vitest';
import { SWITCH } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';
import { rawRequest, Stranger } from './stranger.ts';

/** What somebody knows who has read a call's messages, or was part of it once. */
function insider({
  callId,
  localTag,
  remoteTag,
  remoteTarget,
}: {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string | undefined;
  readonly remoteTarget: string;
}) {
  return (method: string, cseq: number, lines: readonly string[] = []): string =>
    rawRequest({
      ...{ method, cseq, callId, uri: remoteTarget, lines },
      ...{ from: `<sip:alice@acme.example>;tag=${localTag}`, to: `<sip:202@acme.example>;tag=${remoteTag}` },
    });
}

scenario(
  'security dialogs: who read a call’s tags gives it to no third host by a forged datagram; who did not gets nowhere at all',
  { ends: 'caller-hung-up' },
  async ({ alice, bob, world }) => {
    talk(alice, bob);
    const thief = await Stranger.overUdp(world);
    const knows = insider(alice.call);
    const guesses = insider({ ...alice.call, localTag: 'guessed', remoteTag: 'too' });
    thief.says(guesses('BYE', 100), knows('BYE', 100));
    expect(thief.hears()).toEqual(['481 BYE', '403 BYE']);
    // As from alice, which over UDP anybody can write who may forge her address.
    const contact = `Contact: <sip:alice@${thief.at.address}:${thief.at.port}>`;
    alice.phone.wire.send(Buffer.from(knows('UPDATE', 50, [contact])), SWITCH);
    alice.hears('200 UPDATE');
    thief.says(knows('INFO', 60), knows('BYE', 61));
    expect(thief.hears()).toEqual(['403 INFO', '403 BYE']);
    expect(world.running.calls.size).toBe(1);
    // What we send still goes where alice was heard.
    bob.sends('INFO', { body: 'x', headers: [['Content-Type', 'text/plain']] });
    expect(alice.expects('INFO').requestUri.ok).toBe(true);
    bob.hears('200 INFO');
    alice.call.localCSeq = 100;
    end(alice, bob);
    expect(thief.hears()).toEqual([]);
    await thief.leaves();
  },
);
