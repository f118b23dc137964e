/** About four characters a token, over English and code. */
export function estimateTokens(characters: number): number {
  return Math.ceil(characters / 4);
}
