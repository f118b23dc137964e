/** How many blanks a text begins with. */
export function countBlanks(text: string): number {
  let count = 0;
  while (isSpace(text.charCodeAt(count))) count += 1;
  return count;
}

/** How many of the marker's first characters stand at the end of the text, where the marker may have begun. */
export function lengthOfBegun(text: string, marker: string): number {
  for (let length = Math.min(marker.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(marker.slice(0, length))) return length;
  }
  return 0;
}

export function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}
