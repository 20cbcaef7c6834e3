/** A country database cannot be used. The message names the file, what is wrong with it, and what to do. */
export class GeoDatabaseError extends Error {
  override readonly name = 'GeoDatabaseError';
}
