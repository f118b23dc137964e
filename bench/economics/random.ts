/** The same number for the same arguments, in every run: what happens to an attempt does not depend on who made it. */
export function draw(...parts: number[]): number {
  let hash = 0x811c9dc5;
  for (const part of parts) {
    hash = Math.imul(hash ^ (part >>> 0), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return (hash >>> 0) / 2 ** 32;
}

/** A number from `least` to `most`, drawn from the same parts. */
export function drawBetween(least: number, most: number, ...parts: number[]): number {
  return least + (most - least) * draw(...parts);
}

/** What each draw is for, so that two of one request are independent. */
export const purpose = {
  price: 1,
  drift: 2,
  outageAt: 3,
  outageLength: 4,
  failure: 5,
  cut: 6,
  cutAt: 7,
  cacheHit: 8,
  speed: 9,
  growth: 10,
  output: 11,
  gap: 12,
  pause: 13,
  start: 14,
  size: 15,
  turns: 16,
  choice: 17,
  noise: 18,
  pauseLength: 19,
} as const;
