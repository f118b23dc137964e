/** The median of some numbers; undefined of none. */
export function median(numbers: number[]): number | undefined {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  const lower = sorted[middle - 1];
  if (upper === undefined || lower === undefined || sorted.length % 2 === 1) return upper;
  return (lower + upper) / 2;
}
