/** What a request asks of an endpoint, as far as routing cares: sizes and kinds, no content. */
export interface RequestNeeds {
  /** Bytes of the prompt's text; media are counted apart. */
  promptBytes: number;
  /** Tokens of images and documents, by rule of thumb. */
  mediaTokens: number;
  /** The longest answer asked for, in tokens. */
  maxOutputTokens?: number;
  tools: boolean;
  images: boolean;
  documents: boolean;
  /** Answers that the conversation holds already. */
  turns: number;
  /** Whose conversation it is; undefined for one that nobody can tell from others. */
  session: string | undefined;
}
