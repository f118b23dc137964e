import type { Dialect } from "../dialect.ts";
import { jsonForm } from "../json-form.ts";

const section = "<|tool_calls_section_begin|>";
const call = "<|tool_call_begin|>";
const argument = "<|tool_call_argument_begin|>";
const form = jsonForm("<|tool_call_end|>");

/** Kimi K2 (MoonshotAI/Kimi-K2 docs/tool_call_guidance.md); leaks into content and thoughts, also without its section (MoonshotAI/Kimi-K2#89). */
export const kimi: Dialect = {
  name: "kimi",
  openers: [section, call],
  readHead(cursor) {
    if (cursor.optional(section) !== undefined) cursor.space();
    cursor.literal(call);
    cursor.space();
    const name = cursor.takeName(/[\w.:/-]/);
    cursor.space();
    cursor.literal(argument);
    return cursor.ok ? { name, form } : undefined;
  },
  trailers: ["<|tool_calls_section_end|>"],
};
