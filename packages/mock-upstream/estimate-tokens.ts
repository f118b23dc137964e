/**
 * Tokens of a text, estimated as a quarter of its characters. Every count the mock reports is made this way, so that
 * counts agree with each other between protocols, between streamed and whole answers, and from run to run.
 */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}
