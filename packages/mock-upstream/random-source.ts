/** Numbers from 0 to 1 that a seed decides (mulberry32): the same seed gives the same faults. */
export function seededRandom(seed: string): () => number {
  let state = [...seed].reduce((sum, character) => (Math.imul(sum, 31) + (character.codePointAt(0) ?? 0)) | 0, 7);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789";

/** An id of that many letters and digits, drawn from the seeded numbers. */
export function drawId(draw: () => number, length: number): string {
  let id = "";
  while (id.length < length) id += alphabet[Math.floor(draw() * alphabet.length)] ?? "A";
  return id;
}
