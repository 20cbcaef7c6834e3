/** The same work, begun only when what was asked for before has ended, well or badly. */
export function oneAfterAnother<T>(act: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const done = last.then(act, act);
    last = done;
    return done;
  };
}
