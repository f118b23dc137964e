import type { NameForm } from "../tools/tool-names.ts";

/** https://ai.google.dev/api/caching#FunctionDeclaration: letters, digits, underscores, colons, dots and dashes, at most 64. */
export const nameForm: NameForm = {
  legal: /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/,
  illegal: /[^a-zA-Z0-9_.:-]/g,
  maxLength: 64,
};
