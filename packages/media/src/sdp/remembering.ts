/** How many answers are kept, and how long a text may be that is kept with its answer. */
export const REMEMBERED = { texts: 256, characters: 2_048 } as const;

/**
 * Wraps a reader whose answer depends on nothing but the text, so that a text that comes again is not read again. What
 * strangers can make it keep is bounded: when it is full, the text that came first is forgotten.
 */
export function remembering<T extends object>(read: (text: string) => T): (text: string) => T {
  const answers = new Map<string, T>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    const answer = read(text);
    if (text.length > REMEMBERED.characters) return answer;
    if (answers.size === REMEMBERED.texts) answers.delete(answers.keys().next().value!);
    answers.set(text, answer);
    return answer;
  };
}
