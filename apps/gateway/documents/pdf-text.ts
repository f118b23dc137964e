/** What came of reading a PDF. */
export type PdfText = { text: string; problem?: undefined } | { problem: string; text?: undefined };

/** Larger files are not read. Anthropic's own limits are 600 pages and 32 MB. */
export const maxPages = 200;
export const maxTextLength = 2_000_000;
