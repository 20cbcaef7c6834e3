/** The code of a failure to open a database whose migrations this version does not know. */
export const NEWER = 'VATS_NEWER';
