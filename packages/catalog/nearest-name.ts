/**
 * The candidate a person most likely meant, for "did you mean" sentences; undefined when nothing is close. A name that
 * differs only in case, or that is the last part of `author/slug`, counts as close.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  // Names come from clients: an edit distance is quadratic, and nobody mistypes a name this long.
  if (name.length > maxLength) return undefined;
  const wanted = name.toLowerCase();
  const allowed = Math.max(1, Math.ceil(wanted.length * 0.4));
  let best: string | undefined;
  let bestDistance = allowed + 1;
  for (const candidate of candidates) {
    const offered = candidate.toLowerCase();
    const distance = Math.min(
      boundedDistance(wanted, offered, bestDistance),
      boundedDistance(wanted, lastPart(offered), bestDistance) + 0.5,
    );
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

const maxLength = 128;

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/** Two names differ at least by the difference of their lengths: most of hundreds of models need no closer look. */
function boundedDistance(a: string, b: string, bound: number): number {
  return Math.abs(a.length - b.length) >= bound ? Number.POSITIVE_INFINITY : editDistance(a, b);
}

/** Levenshtein's distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
