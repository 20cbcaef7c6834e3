import { z } from 'zod';
import { access } from './access.ts';
import { calendar } from './calendar.ts';
import { codes } from './codes.ts';
import { conference } from './conference.ts';
import { country } from './country.ts';
import { group, knownEmployee } from './group.ts';
import { hours } from './hours.ts';
import { limits } from './limits.ts';
import { publicNumber } from './number.ts';
import { numberEntry, outboundRule } from './outbound.ts';
import { numberPattern } from './pattern.ts';
import { recording } from './recording.ts';
import { regions } from './region.ts';
import { scheme } from './scheme.ts';
import { trunk } from './trunk.ts';
import { digestChoice, user } from './user.ts';
import { voicemail } from './voicemail.ts';
import { host, line, refName, timezone } from './words.ts';

/** A company's PBX, as `vats apply` takes it: one domain. What a key of a list leaves out keeps its default. */
export const pbxFile = z.strictObject({
  /** The domain's name. */
  domain: host,
  /** Other hosts that mean this domain. */
  aliases: z.array(host).exactOptional(),
  /** The digest realm; fixed when the domain is made, its name then by default. */
  realm: line(255).exactOptional(),
  timezone: timezone.exactOptional(),
  /** Of prompts and messages. */
  language: z.enum(['ru', 'en']).exactOptional(),
  /** Country whose tones callers hear from the switch; Russia's where it has none of another's. */
  tones: country.exactOptional(),
  /** What somebody on hold hears: `default`, `none`, or the name of a prompt. */
  holdMusic: refName.exactOptional(),
  access: access.exactOptional(),
  digest: digestChoice.exactOptional(),
  recording: recording.exactOptional(),
  voicemail: voicemail.exactOptional(),
  /** What employees dial for what the switch itself does; what is not named has its usual code. */
  codes: codes.exactOptional(),
  /** Days that are not as their day of the week: `vats calendar import` writes them too. */
  calendar: calendar.exactOptional(),
  /** The company's working hours: the working day of `knownEmployee: { window: day }`. Schemes and users have hours of their own. */
  hours: hours.exactOptional(),
  /** What all its calls outside may use up together. */
  limits: limits.exactOptional(),
  users: z.array(user).exactOptional(),
  groups: z.array(group).exactOptional(),
  trunks: z.array(trunk).exactOptional(),
  numbers: z.array(numberEntry).exactOptional(),
  schemes: z.array(scheme).exactOptional(),
  outbound: z.array(outboundRule).exactOptional(),
  /** Rooms in which several hear each other. */
  conferences: z.array(conference).max(1_000).exactOptional(),
  /** What employees dial to order something of the switch. */
  /** Whoever rings again reaches whom they spoke with, by whatever number they come. */
  knownEmployee: knownEmployee.exactOptional(),
  /** Names for where callers are from, which `byCaller` of numbers may use. */
  regions: regions.exactOptional(),
  /** Callers outside whom none of its numbers takes; and, where it is given, the only ones whom they take. A number's own lists come after. */
  block: z.array(numberPattern).min(1).exactOptional(),
  accept: z.array(numberPattern).min(1).exactOptional(),
  /** What calls outside show where nothing else is said: a number of the domain. */
  callerId: publicNumber.exactOptional(),
});
/** Its lists of which nothing is asked but that each entry is good. */
export const LONG_LISTS: ReadonlyMap<string, z.ZodType> = new Map<string, z.ZodType>([
  ['users', user],
  ['groups', group],
  ['trunks', trunk],
  ['numbers', numberEntry],
  ['schemes', scheme],
  ['outbound', outboundRule],
]);

export type PbxFile = z.output<typeof pbxFile>;
