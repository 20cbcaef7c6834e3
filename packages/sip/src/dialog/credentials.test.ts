import { SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { DigestClient, type DigestClientOptions } from '../digest/index.ts';
import type { SipRequest } from '../message/message.ts';
import type { HeaderField } from '../message/write-message.ts';
import { Recorder } from './testing/recorder.ts';
import { PHONE, type World, world } from './testing/world.ts';
import type { OutgoingInviteOptions } from './user.ts';

const REALM = 'operator.example';

function clientOf(options: Partial<DigestClientOptions> = {}): DigestClient {
  return new DigestClient({
    username: 'anna',
    password: 'secret',
    isPeer: ({ address }) => address === PHONE.address,
    random: new SeededRandom(22),
    ...options,
  });
}

const asks = (nonce: string, realm = REALM): HeaderField => [
  'WWW-Authenticate',
  `Digest realm="${realm}", nonce="${nonce}", qop="auth"`,
];

/** The peer is an operator that challenges. */
class Scene {
  readonly at: World;
  readonly user = new Recorder();
  readonly client: DigestClient;

  constructor(at: World, client: DigestClient) {
    this.at = at;
    this.client = client;
  }

  static async open(client = clientOf()): Promise<Scene> {
    return new Scene(await world(), client);
  }

  call(options: Partial<OutgoingInviteOptions> = {}) {
    const invite = this.at.call(this.user, { sdp: 'offer', credentials: this.client, ...options });
    this.pass();
    return invite;
  }

  pass(milliseconds = 50): void {
    this.at.clock.advance(milliseconds);
  }

  /** Challenges a request: the last one of its method unless told which. */
  challenge(method: string, nonce = 'n1', realm = REALM, request = this.last(method)): void {
    this.at.phone.respond(request, 401, { tag: 'asks', contact: undefined, headers: [asks(nonce, realm)] });
    this.pass();
  }

  answer(tag = 'b1'): void {
    const invite = this.last('INVITE');
    this.at.phone.joinAsCallee(invite, tag);
    this.at.phone.respond(invite, 200, { tag, sdp: 'answer' });
    this.pass();
  }

  async answered(options: Partial<OutgoingInviteOptions> = {}) {
    this.call(options);
    this.challenge('INVITE');
    this.answer();
    expect(this.user.heard()).toEqual(['answer']);
    this.at.phone.received.length = 0;
    return this.user.session!;
  }

  last(method: string): SipRequest {
    return this.at.phone.request(method);
  }

  /** CSeq and whether there are credentials: '2 INVITE +'. */
  requests(...methods: string[]): string[] {
    const all = this.at.phone.received.filter((each) => each.kind === 'request' && methods.includes(each.method));
    return [...new Set(all.map((each) => `${each.value('CSeq')}${each.has('Authorization') ? ' +' : ''}`))];
  }

  hangUp(): void {
    this.at.phone.send('BYE');
    this.pass();
  }
}

test('a challenged INVITE is repeated by itself; its user hears of the end alone (RFC 3261 §8.1.3.5)', async () => {
  const scene = await Scene.open();
  const { at, user } = scene;
  const invite = scene.call();
  const first = scene.last('INVITE');
  scene.challenge('INVITE');
  const second = scene.last('INVITE');
  expect(scene.requests('INVITE', 'ACK')).toEqual(['1 INVITE', '1 ACK', '2 INVITE +']);
  expect(second.toTag).toBeUndefined();
  expect([second.fromTag, second.value('Call-ID')]).toEqual([invite.localTag, invite.callId]);
  expect(second.value('Contact')).toBe(first.value('Contact'));
  expect(second.body.toString()).toBe('offer');
  expect(second.value('Via')).not.toBe(first.value('Via'));
  expect(user.heard()).toEqual([]);
  at.phone.respond(second, 180, { tag: 'b1' });
  scene.answer();
  expect(user.heard()).toEqual(['progress 180 b1', 'answer']);
  const ack = scene.last('ACK');
  // RFC 3261 §22.1, §13.2.2.4: the credentials of the INVITE are in its ACK.
  expect([ack.value('CSeq'), ack.value('Authorization')]).toEqual(['2 ACK', second.value('Authorization')]);
  expect(at.dialogs.size).toBe(1);
  scene.hangUp();
  expect(user.heard()).toEqual(['end remote-bye']);
  expect(at.leftovers()).toEqual([]);
});

test('the first INVITE carries credentials unasked once a nonce is known', async () => {
  const scene = await Scene.open();
  await scene.answered();
  scene.hangUp();
  scene.user.heard();
  scene.call();
  expect(scene.requests('INVITE')).toEqual(['1 INVITE +']);
  scene.answer();
  expect(scene.user.heard()).toEqual(['answer']);
  expect(scene.last('ACK').has('Authorization')).toBe(true);
  scene.hangUp();
  expect(scene.at.leftovers()).toEqual([]);
});

test('a late offer: the ACK with the answer has the credentials and the number of the second INVITE', async () => {
  const scene = await Scene.open();
  scene.at.call(scene.user, { credentials: scene.client });
  scene.pass();
  scene.challenge('INVITE');
  scene.answer();
  scene.user.session!.acknowledge('ours');
  scene.pass();
  expect(scene.requests('ACK')).toEqual(['1 ACK', '2 ACK +']);
  scene.hangUp();
  expect(scene.at.leftovers()).toEqual([]);
});

test('without credentials a challenge is a failure like any other', async () => {
  const scene = await Scene.open();
  scene.at.call(scene.user, { sdp: 'offer' });
  scene.pass();
  scene.challenge('INVITE');
  expect(scene.user.heard()).toEqual(['failure 401 response']);
  expect(scene.requests('INVITE')).toEqual(['1 INVITE']);
  expect(scene.at.leftovers()).toEqual([]);
});

test('a peer that challenges for ever', async () => {
  const scene = await Scene.open();
  const failures: (string | undefined)[] = [];
  scene.user.onFailure = (failure) => {
    if (typeof failure !== 'number') failures.push(failure.challenge);
  };
  scene.call();
  for (let i = 0; i < 10 && failures.length === 0; i++) scene.challenge('INVITE', `n${i}`);
  expect(failures).toEqual(['rejected']);
  expect(scene.requests('INVITE')).toEqual(['1 INVITE', '2 INVITE +']);
  expect(scene.at.leftovers()).toEqual([]);
});

test('a callee that asks for its own realm gets nothing', async () => {
  const scene = await Scene.open(clientOf({ realm: REALM }));
  scene.call();
  scene.challenge('INVITE', 'n', 'evil.example');
  expect(scene.user.heard()).toEqual(['failure 401 response']);
  expect(scene.requests('INVITE')).toEqual(['1 INVITE']);
  expect(scene.at.leftovers()).toEqual([]);
});

test('the forks of a challenged INVITE are gone (RFC 3261 §12.3)', async () => {
  const scene = await Scene.open();
  scene.call();
  scene.at.phone.respond(scene.last('INVITE'), 183, { tag: 'early', sdp: 'x' });
  scene.pass();
  expect(scene.at.dialogs.size).toBe(1);
  scene.challenge('INVITE');
  expect(scene.at.dialogs.size).toBe(0);
  scene.answer('early');
  expect(scene.user.heard()).toEqual(['progress 183 early', 'answer']);
  scene.hangUp();
  expect(scene.at.leftovers()).toEqual([]);
});

test('a challenge that comes again gets its ACK again, and no third INVITE', async () => {
  const scene = await Scene.open();
  scene.call();
  const first = scene.last('INVITE');
  scene.challenge('INVITE');
  scene.challenge('INVITE', 'n1', REALM, first);
  expect(scene.requests('INVITE')).toEqual(['1 INVITE', '2 INVITE +']);
  expect(scene.at.phone.count('ACK')).toBe(2);
  scene.answer();
  scene.hangUp();
  expect(scene.at.leftovers()).toEqual([]);
});

test.each([
  ['nothing was heard', 0],
  ['a 100 came', 1],
])('cancelled before the challenge when %s: no second INVITE', async (_, provisionals) => {
  const scene = await Scene.open();
  const invite = scene.call();
  if (provisionals > 0) scene.at.phone.respond(scene.last('INVITE'), 100);
  scene.pass();
  invite.cancel();
  scene.challenge('INVITE');
  expect(scene.user.heard()).toEqual(['failure 487 cancelled']);
  expect(scene.requests('INVITE')).toEqual(['1 INVITE']);
  expect(scene.at.leftovers()).toEqual([]);
});

test('cancelled while the second INVITE is on its way: the CANCEL is for that one', async () => {
  const scene = await Scene.open();
  const { at, user } = scene;
  const invite = scene.call();
  at.phone.respond(scene.last('INVITE'), 401, { tag: 'asks', headers: [asks('n1')] });
  // The challenge has arrived, what it brought about has not.
  at.clock.advance(15);
  invite.cancel([['Reason', 'SIP;cause=200']]);
  scene.pass();
  expect(at.phone.count('CANCEL')).toBe(0);
  const second = scene.last('INVITE');
  expect(second.value('CSeq')).toBe('2 INVITE');
  at.phone.respond(second, 100);
  scene.pass();
  const cancel = scene.last('CANCEL');
  expect([cancel.value('CSeq'), cancel.value('Via'), cancel.value('Reason')]).toEqual([
    '2 CANCEL',
    second.value('Via'),
    'SIP;cause=200',
  ]);
  at.phone.respond(cancel, 200, { tag: 'b1' });
  at.phone.respond(second, 487, { tag: 'b1' });
  scene.pass();
  expect(user.heard()).toEqual(['failure 487 cancelled']);
  expect(at.leftovers()).toEqual([]);
});

test('a 2xx that crosses the CANCEL of the second INVITE gets ACK and BYE, with credentials', async () => {
  const scene = await Scene.open();
  const invite = scene.call();
  scene.challenge('INVITE');
  invite.cancel();
  scene.answer();
  expect(scene.user.heard()).toEqual(['failure 487 cancelled']);
  expect(scene.requests('ACK', 'BYE')).toEqual(['1 ACK', '2 ACK +', '3 BYE +']);
  scene.at.phone.respond(scene.last('BYE'), 200);
  expect(scene.at.leftovers()).toEqual([]);
});

test('a 200 to the first INVITE after all is acknowledged and ended, and the second goes on', async () => {
  const scene = await Scene.open();
  const { at, user } = scene;
  scene.call();
  const first = scene.last('INVITE');
  scene.challenge('INVITE');
  at.phone.respond(first, 200, { tag: 'late', sdp: 'late' });
  at.phone.respond(first, 200, { tag: 'late', sdp: 'late' });
  scene.pass();
  expect(user.heard()).toEqual([]);
  const bye = scene.last('BYE');
  expect([bye.toTag, at.phone.count('BYE')]).toEqual(['late', 1]);
  expect(at.phone.received.filter((each) => each.toTag === 'late' && each.value('CSeq') === '1 ACK').length).toBe(2);
  at.phone.respond(bye, 200);
  scene.answer();
  expect(user.heard()).toEqual(['answer']);
  // Under the tag of the call that stands, it must not be ended.
  at.phone.respond(first, 200, { tag: 'b1', sdp: 'late' });
  scene.pass();
  expect(at.phone.count('BYE')).toBe(1);
  expect(user.session!.ended).toBe(false);
  scene.hangUp();
  expect(at.leftovers()).toEqual([]);
});

test('our requests within the dialog answer the challenge of the realm, once', async () => {
  const scene = await Scene.open();
  const session = await scene.answered();
  const heard: string[] = [];
  const info = { onResponse: ({ status }: { status: number }) => heard.push(`${status}`), onFailure: () => {} };
  session.request('INFO', {}, info);
  scene.pass();
  scene.challenge('INFO', 'n2');
  scene.challenge('INFO', 'n3');
  expect(heard).toEqual(['401']);
  session.request('INFO', {}, info);
  scene.pass();
  scene.challenge('INFO', 'n4');
  scene.at.phone.respond(scene.last('INFO'), 200);
  scene.pass();
  expect(heard).toEqual(['401', '200']);
  expect(scene.requests('INFO')).toEqual(['3 INFO +', '4 INFO +', '5 INFO', '6 INFO +']);
  session.bye();
  scene.pass();
  scene.challenge('BYE', 'n5');
  expect(scene.requests('BYE')).toEqual(['7 BYE +', '8 BYE +']);
  expect(scene.at.dialogs.size).toBe(1);
  scene.at.phone.respond(scene.last('BYE'), 200);
  scene.pass();
  expect(scene.at.dialogs.size).toBe(0);
  expect(scene.at.leftovers()).toEqual([]);
});

test('a re-INVITE is repeated with credentials; its ACK has them too', async () => {
  const scene = await Scene.open();
  const session = await scene.answered();
  session.reinvite({ sdp: 'more' }, scene.user);
  scene.pass();
  scene.challenge('INVITE', 'n2');
  expect(session.inviteInProgress).toBe('ours');
  const second = scene.last('INVITE');
  scene.at.phone.respond(second, 200, { tag: 'b1', sdp: 'yes' });
  scene.pass();
  expect(scene.user.heard()).toEqual(['reinvite answered']);
  expect(session.remoteSdp).toBe('yes');
  expect(scene.requests('INVITE', 'ACK')).toEqual(['3 INVITE +', '3 ACK', '4 INVITE +', '4 ACK +']);
  expect(second.toTag).toBe('b1');
  scene.hangUp();
  expect(scene.at.leftovers()).toEqual([]);
});

test('a re-INVITE that is challenged for ever fails, and the session stands', async () => {
  const scene = await Scene.open();
  const session = await scene.answered();
  session.reinvite({ sdp: 'more' }, scene.user);
  scene.pass();
  for (const nonce of ['n2', 'n3', 'n4']) scene.challenge('INVITE', nonce);
  expect(scene.user.heard()).toEqual(['reinvite failed 401']);
  expect([session.ended, session.offerAnswer]).toEqual([false, 'stable']);
  expect(scene.requests('INVITE').length).toBe(2);
  scene.hangUp();
  expect(scene.at.leftovers()).toEqual([]);
});

test('a re-INVITE that was cancelled, and one whose session has ended, answer no challenge', async () => {
  const scene = await Scene.open();
  const session = await scene.answered();
  session.reinvite({ sdp: 'more' }, scene.user).cancel();
  scene.pass();
  scene.challenge('INVITE', 'n2');
  expect(scene.user.heard()).toEqual(['reinvite failed 401']);
  session.request('INFO', {}, { onResponse: () => {}, onFailure: () => {} });
  session.reinvite({ sdp: 'more' }, scene.user);
  scene.pass();
  const open = [scene.last('INFO'), scene.last('INVITE')] as const;
  session.bye();
  scene.pass();
  scene.challenge('INFO', 'n3', REALM, open[0]);
  scene.challenge('INVITE', 'n4', REALM, open[1]);
  expect(scene.requests('INFO', 'INVITE')).toEqual(['3 INVITE +', '4 INFO +', '5 INVITE +']);
  scene.at.phone.respond(scene.last('BYE'), 200);
  expect(scene.at.leftovers()).toEqual([]);
});

test('a callee that challenges our BYE with another realm gets nothing, and the call has ended (digest leak)', async () => {
  const scene = await Scene.open();
  const session = await scene.answered();
  session.bye();
  scene.pass();
  scene.challenge('BYE', 'n2', 'evil.example');
  scene.pass(64_000);
  expect(scene.requests('BYE')).toEqual(['3 BYE +']);
  expect(scene.last('BYE').value('Authorization')).toContain(`realm="${REALM}"`);
  expect([scene.at.dialogs.size, session.ended]).toEqual([0, true]);
  expect(scene.at.leftovers()).toEqual([]);
});

test('a callee that has its requests sent elsewhere gets none there, nor an answer to its challenge', async () => {
  const scene = await Scene.open(clientOf({ isPeer: ({ port }) => port === PHONE.port }));
  const { at } = scene;
  const elsewhere = () => at.flowTo({ address: PHONE.address, port: 5070 });
  const session = await scene.answered({ resolve: elsewhere });
  session.request('INFO', {}, { onResponse: () => {}, onFailure: () => {} });
  scene.pass();
  const sent = at.net.sent('INFO').at(-1)!;
  expect(sent.to.port).toBe(5070);
  expect(sent.octets.toString()).not.toContain('Authorization');
  session.bye();
  scene.pass(64_000);
  expect(at.net.sent('BYE').every(({ octets }) => !octets.toString().includes('Authorization'))).toBe(true);
  expect(at.leftovers()).toEqual([]);
});

test('a session without credentials answers none, on its BYE neither', async () => {
  const scene = await Scene.open();
  scene.at.call(scene.user, { sdp: 'offer' });
  scene.pass();
  scene.answer();
  const session = scene.user.session!;
  session.bye();
  scene.pass();
  scene.challenge('BYE');
  scene.pass(64_000);
  expect(scene.requests('BYE')).toEqual(['2 BYE']);
  expect(scene.at.dialogs.size).toBe(0);
  expect(scene.at.leftovers()).toEqual([]);
});

test('the called side has credentials for its own requests if it is given some', async () => {
  const scene = await Scene.open(clientOf({ realm: REALM }));
  const { at, user, client } = scene;
  at.dialogs.outOfDialog = (request, flow) => {
    user.incoming = at.dialogs.incomingInvite(request, flow, user, { credentials: client });
  };
  at.phone.invite({ sdp: 'offer' });
  scene.pass();
  const session = user.incoming!.accept({ sdp: 'ours' });
  scene.pass();
  at.phone.join(at.phone.response(200));
  at.phone.send('ACK');
  scene.pass();
  session.bye();
  scene.pass();
  scene.challenge('BYE');
  expect(scene.requests('BYE')).toEqual(['1 BYE', '2 BYE +']);
  at.phone.respond(scene.last('BYE'), 200);
  expect(at.leftovers()).toEqual([]);
});
