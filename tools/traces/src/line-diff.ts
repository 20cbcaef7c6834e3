/** Lines kept around a difference. */
const CONTEXT = 2;

/**
 * How two texts differ, line by line: '-' only in the first, '+' only in the second, with a little of what stands around.
 * By the longest common subsequence, so for texts of at most some hundred lines.
 */
export function lineDiff(first: string, second: string): string {
  const a = first.split('\n');
  const b = second.split('\n');
  const common = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i]![j] = a[i] === b[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
    }
  }
  const lines: { readonly mark: ' ' | '-' | '+'; readonly text: string }[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ mark: ' ', text: a[i++]! });
      j++;
    } else if (i < a.length && (j === b.length || common[i + 1]![j]! >= common[i]![j + 1]!)) {
      lines.push({ mark: '-', text: a[i++]! });
    } else {
      lines.push({ mark: '+', text: b[j++]! });
    }
  }
  const near = (at: number): boolean =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ mark }) => mark !== ' ');
  return lines
    .flatMap(({ mark, text }, at) => (near(at) ? [`${mark} ${text}`.trimEnd()] : near(at - 1) ? ['  …'] : []))
    .join('\n');
}
