import type { NameForm } from "../tools/tool-names.ts";

/** Taken by every vendor: OpenAI's 64 characters, and Moonshot's letter in front. */
export const nameForm: NameForm = {
  legal: /^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/,
  illegal: /[^a-zA-Z0-9_-]/g,
  maxLength: 64,
};

export function isLegalToolName(name: string): boolean {
  return nameForm.legal.test(name);
}
