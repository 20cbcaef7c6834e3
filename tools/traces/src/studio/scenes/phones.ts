import type { Endpoint } from '@vats/kernel';
import { hostAndPort } from '../../uri-host.ts';
import { Asterisk, chanSipUser, pjsipUser } from '../asterisk.ts';
import { Baresip } from '../baresip.ts';
import { startKamailio } from '../kamailio.ts';
import { Linphone, type LinphoneOptions } from '../linphone.ts';
import { PASSWORDS, PLACES, type Studio } from '../studio.ts';

export type Person = 'alice' | 'bob' | 'carol';

/** Ports that must differ between the programs of one scene: sound, and baresip's control connection. */
const RTP: Readonly<Record<Person, number>> = { alice: 46200, bob: 46300, carol: 46400 };
const CONTROL: Readonly<Record<Person, number>> = { alice: 4441, bob: 4442, carol: 4443 };

export interface PhoneOptions {
  /** The server it registers at, and which is its domain. */
  readonly server: Endpoint;
  readonly transport?: 'udp' | 'tcp';
  readonly at?: Endpoint;
  readonly password?: string;
  /** More parameters for baresip's account line. */
  readonly account?: string;
  readonly regint?: number;
  readonly modules?: readonly string[];
}

export async function baresip(studio: Studio, person: Person, options: PhoneOptions): Promise<Baresip> {
  const { server, transport = 'udp', at = PLACES[person], password = PASSWORDS[person], regint = 300 } = options;
  const domain = hostAndPort(server);
  const account = [
    `<sip:${person}@${domain};transport=${transport}>;auth_pass=${password};regint=${regint}`,
    'audio_codecs=PCMA/8000/1,PCMU/8000/1',
    ...(options.account === undefined ? [] : [options.account]),
  ].join(';');
  return await Baresip.start(studio.processes, person, {
    at,
    account,
    rtp: RTP[person],
    control: CONTROL[person],
    modules: options.modules ?? [],
  });
}

export async function linphone(
  studio: Studio,
  person: Person,
  options: PhoneOptions & Partial<LinphoneOptions>,
): Promise<Linphone> {
  const { server, at = PLACES[person], transport = 'udp' } = options;
  return await Linphone.start(studio.processes, person, {
    ...options,
    at,
    transport,
    user: person,
    password: options.password ?? PASSWORDS[person],
    domain: hostAndPort(server),
    realm: 'office.example',
    registrar: server,
    rtp: RTP[person],
  });
}

/** Asterisk's chan_sip or pjsip with alice (201), bob (202) and carol (203), each rung for `ring` seconds. */
export async function asteriskOffice(
  studio: Studio,
  options: { stack: 'chan_sip' | 'pjsip'; ring?: number; peer?: string },
): Promise<Asterisk> {
  const { stack, ring = 30, peer = '' } = options;
  const people = Object.entries(PASSWORDS);
  const user = stack === 'chan_sip' ? chanSipUser : pjsipUser;
  const technology = stack === 'chan_sip' ? 'SIP' : 'PJSIP';
  const dialplan = people.map(
    ([name], i) => `exten => ${201 + i},1,Dial(${technology}/${name},${ring})\n same => n,Hangup()`,
  );
  return await Asterisk.start(studio.processes, {
    at: PLACES.asterisk,
    stack,
    peers: people.map(([name, password]) => user(name, password, peer)).join('\n'),
    dialplan: dialplan.join('\n'),
  });
}

/** Kamailio with the same people. */
export async function kamailioOffice(studio: Studio, at: Endpoint = PLACES.kamailio): Promise<void> {
  const numbers = Object.fromEntries(Object.keys(PASSWORDS).map((name, i) => [String(201 + i), name]));
  await startKamailio(studio.processes, { at: [at], users: PASSWORDS, numbers });
}
