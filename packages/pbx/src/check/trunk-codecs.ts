import { suggest } from '../problems/suggest.ts';
import { shown } from '../schema/fault.ts';
import { below, type JudgedView, type Report } from './domain-view.ts';

/** Names of sound formats in SDP: those of IANA's RTP registry that telephony has a use for, and two that phones made up. */
const NAMES: readonly string[] =
  `PCMA PCMU PCMA-WB PCMU-WB G722 G7221 G719 G723 G726-16 G726-24 G726-32 G726-40 G728 G729 G729D G729E G7291 GSM GSM-EFR
  GSM-HR-08 iLBC speex opus AMR AMR-WB AMR-WB+ EVS EVRC EVRCB EVRCWB QCELP BV16 BV32 CLEARMODE DVI4 VDVI LPC L8 L16 L20 L24
  UEMCLIP iSAC SILK CODEC2 LYRA MPA MP4A-LATM mpeg4-generic vorbis`.split(/\s+/);
const KNOWN: ReadonlySet<string> = new Set(NAMES.map((name) => name.toLowerCase()));

/** What other systems call them. */
const MEANT: Readonly<Record<string, string>> = {
  alaw: 'PCMA',
  ulaw: 'PCMU',
  mulaw: 'PCMU',
  g711a: 'PCMA',
  g711u: 'PCMU',
  'g.711a': 'PCMA',
  'g.711u': 'PCMU',
  'g.722': 'G722',
  'g.729': 'G729',
  g729a: 'G729',
  'g723.1': 'G723',
};
const NO_SOUND: ReadonlySet<string> = new Set(['telephone-event', 'cn']);

/** Finds codecs of trunks that no telephone offers by that name: a call without any other is refused. */
export function checkTrunkCodecs(view: JudgedView, report: Report): void {
  for (const { object: trunk, path } of view.fresh.trunks) {
    if (path === undefined) continue;
    for (const [index, name] of (trunk.codecs ?? []).entries()) {
      const lowerCase = name.toLowerCase();
      if (KNOWN.has(lowerCase)) continue;
      const at = below(path, 'codecs', index);
      if (NO_SOUND.has(lowerCase)) {
        report('warning', at, `${name} carries no sound`, 'remove it: the list names codecs of sound, dtmf the rest');
        continue;
      }
      const near = Object.hasOwn(MEANT, lowerCase) ? MEANT[lowerCase] : suggest(name, NAMES);
      report(
        'warning',
        at,
        `no telephone is known to offer a codec ${shown(name)}`,
        near === undefined ? 'write names as in SDP, such as PCMA, PCMU, G722, G729, opus' : `did you mean ${near}?`,
      );
    }
  }
}
