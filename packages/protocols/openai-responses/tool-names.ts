import type { NameForm } from "../tools/tool-names.ts";

/** https://platform.openai.com/docs/api-reference/responses/create, `tools.name`. */
export const nameForm: NameForm = { legal: /^[a-zA-Z0-9_-]{1,64}$/, illegal: /[^a-zA-Z0-9_-]/g, maxLength: 64 };

export function isLegalToolName(name: string): boolean {
  return nameForm.legal.test(name);
}
