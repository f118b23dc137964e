/** What a picture costs about, in tokens: Anthropic's figure for a full-size image (width * height / 750, at most ~1,600). */
export const tokensPerImage = 1_600;

/** A page of a PDF, by Anthropic's own range of 1,500 to 3,000, and about 50 KB of base64 a page. */
const tokensPerPage = 2_000;
const base64PerPage = 50_000;

/** @param base64Length characters; 0 where the document is only named */
export function documentTokens(base64Length: number): number {
  return tokensPerPage * Math.max(1, Math.ceil(base64Length / base64PerPage));
}
