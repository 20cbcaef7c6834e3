/** Top-level keys that only one machine's settings have. */
const SETTINGS_ONLY = /^(data|log|sip|media|calls|history|recordings|http|store)[ \t]*:/m;
/** Both have `access`, but of other keys: of settings it may be the only section. */
const SETTINGS_ACCESS =
  /^access[ \t]*:[ \t]*(?:\{\s*|(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*[ \t]+)(?:policy|refuse|trusted|proxies|geo|rate|ban)[ \t]*:/m;
/** Top-level keys that only a company's PBX has. */
const PBX_ONLY =
  /^(domain|aliases|realm|timezone|language|recording|calendar|users|groups|trunks|numbers|schemes|conferences|outbound)[ \t]*:/m;

/**
 * Which of the two kinds of file `vats check` was given. A file with keys of both, or of neither, is taken for a PBX
 * file, whose check then says what does not belong.
 */
export function isSettingsFile(text: string): boolean {
  return (SETTINGS_ONLY.test(text) || SETTINGS_ACCESS.test(text)) && !PBX_ONLY.test(text);
}
