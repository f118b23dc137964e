/** What was mended of an answer's tool calls. Each is counted, and stands on the receipt. */
export const mendings = {
  "leaked-call": "a tool call stood as raw markup in the text",
  "call-id": "a tool call had no id, or that of another call",
  "tool-name": "a tool was called by nearly its name",
  syntax: "arguments were no JSON, but clearly meant as such",
  "extra-text": "arguments stood between words that belong to no value",
  unclosed: "arguments lacked their last brackets",
  "double-encoded": "arguments were JSON within a JSON string",
  wrapped: "arguments stood within a field named arguments, input or parameters",
  type: "a value had another type than the tool's schema wants, and the same meaning",
  enum: "a value was spelled otherwise than the tool's schema has it",
  "unknown-field": "a field that the tool's schema forbids was left out",
  "null-field": "an optional field that was null was left out",
  "cut-off-call": "a tool call that the output limit cut off was left out",
  "asked-again": "the model was asked once more because its answer could not be used",
} as const satisfies Record<string, string>;

export type Mending = keyof typeof mendings;
