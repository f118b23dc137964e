import type { NameForm } from "../tools/tool-names.ts";

const illegal = /[^a-zA-Z0-9_-]/g;

/** What Anthropic itself takes (https://platform.claude.com/docs/en/api/messages). */
export const anthropicNames: NameForm = { legal: /^[a-zA-Z0-9_-]{1,128}$/, illegal, maxLength: 128 };

/** For servers of which nothing else is known. */
export const careful: NameForm = { legal: /^[a-zA-Z0-9_-]{1,64}$/, illegal, maxLength: 64 };
