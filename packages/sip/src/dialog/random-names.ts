/**
 * Characters of the tags, Call-IDs and Contact users that we make, 124 bits: whoever guesses the tags of a dialog could
 * speak in it (RFC 3261 §19.3 asks for 32 bits at least).
 */
export const TAG_LENGTH = 24;
