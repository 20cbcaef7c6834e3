/** The code of a failure to open a database whose migrations this version does not know. */
export const NEWER = 'VATS_NEWER';

/** The code of a search for the end of a number that too many numbers have. */
export const TOO_WIDE = 'VATS_TOO_WIDE';
