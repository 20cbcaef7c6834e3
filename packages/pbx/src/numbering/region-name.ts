/** Words that say what kind of place it is, and that people leave out. */
const LEFT_OUT = new Set(['г.', 'г', 'гор.', 'город', 'г.о.', 'республика', 'респ.']);
/** Short and long writings of one word. */
const SAME: Readonly<Record<string, string>> = {
  'обл.': 'область',
  обл: 'область',
  'р-н': 'район',
  'а.о.': 'ао',
};

/**
 * A name of a region as it is compared: small letters, `ё` as `е`, `обл.` as `область`, without `г.`, `город` and `республика`. So
 * "г. Москва" is "Москва" and "Тверская обл." is "Тверская область"; "Москва" and "Московская область" stay two.
 */
export function regionKey(name: string): string {
  const words = name
    .toLowerCase()
    .replace(/ё/g, 'е')
    .replace(/[()/«»"]/g, ' ')
    .replace(/\s*[-–—]\s*/g, '-')
    .replace(/(^|\s)(г\.о\.|г\.(?!о\.)|гор\.)(?=\S)/g, '$1$2 ')
    .replace(/автономный округ/g, 'ао')
    .replace(/городской округ/g, 'г.о.')
    .trim()
    .split(/\s+/)
    .filter((word) => !LEFT_OUT.has(word))
    .map((word) => (Object.hasOwn(SAME, word) ? SAME[word]! : word));
  return words.join(' ');
}

/** The names by which a text of the register is known: "г. Тверь|Тверская обл." is in both, and so is "г. Москва и Московская область". */
export function regionParts(text: string): string[] {
  const parts = text.split(/[|;,]/).flatMap((part) => [part, ...part.split(/\s+и\s+/), ...part.split(/\s+-\s+/)]);
  return [...new Set([text, ...parts].map((part) => part.trim()).filter((part) => regionKey(part) !== ''))];
}

/** Keys of all its names. */
export function regionKeys(text: string): ReadonlySet<string> {
  return new Set(regionParts(text).map(regionKey));
}
