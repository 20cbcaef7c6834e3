/** A step forward in sequence numbers larger than this is a restart, not loss (RFC 3550 §A.1). */
export const MAX_DROPOUT = 3_000;
/** A step back up to this is reordering; a larger one is a restart (RFC 3550 §A.1). */
export const MAX_MISORDER = 100;
