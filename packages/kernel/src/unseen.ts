/**
 * A character that nobody sees and that does something: a control of ASCII or of Latin-1 (U+009B begins an escape sequence as ESC [
 * does), one that turns the direction of writing, that has no width or looks like a space, that separates lines or paragraphs.
 */
export const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;
