/**
 * The `format` of our reasoning details. @openrouter/ai-sdk-provider throws away details whose format is not on
 * OpenRouter's list (src/schemas/format.ts), and with them the signature; this entry claims nothing.
 */
export const reasoningFormat = "unknown";
