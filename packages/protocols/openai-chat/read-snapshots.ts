/**
 * Gives what is new in each piece of a text. Pieces follow each other, as everywhere, or each holds the whole text so far:
 * MiniMax's documentation says the latter, its servers do both (MiniMax-AI/MiniMax-M2#95). The second piece tells which,
 * and a later one that goes another way corrects it.
 */
export function createSnapshotReader(): (key: string, piece: string) => string {
  let current = "";
  let before = "";
  let count = 0;
  let grows = false;
  return (key, piece) => {
    if (key !== current) {
      current = key;
      count = 0;
    }
    if (piece === "") return "";
    count++;
    const isLonger = piece.length > before.length && piece.startsWith(before);
    if (count === 1) grows = false;
    else if (count === 2) grows = isLonger;
    else if (!isLonger) grows = false;
    const fresh = grows ? piece.slice(before.length) : piece;
    before = piece;
    return fresh;
  };
}
