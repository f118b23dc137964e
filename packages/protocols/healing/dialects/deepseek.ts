import type { Dialect } from "../dialect.ts";
import { jsonForm } from "../json-form.ts";

const section = "<｜tool▁calls▁begin｜>";
const call = "<｜tool▁call▁begin｜>";
const sep = "<｜tool▁sep｜>";
const form = jsonForm("<｜tool▁call▁end｜>");

/** DeepSeek V3 and R1 (`function`, the name, JSON in a fence) and V3.1 (the name, JSON), as in their chat templates. */
export const deepseek: Dialect = {
  name: "deepseek",
  openers: [section, call],
  readHead(cursor) {
    if (cursor.optional(section) !== undefined) cursor.space();
    cursor.literal(call);
    let name = cursor.takeName(/[\w.:/ -]/);
    const isKind = name === "function";
    if (isKind) cursor.nameAt = undefined;
    cursor.literal(sep);
    if (isKind) {
      name = cursor.takeName(/[\w.:/-]/);
      cursor.space();
    }
    return cursor.ok ? { name, form } : undefined;
  },
  trailers: ["<｜tool▁calls▁end｜>"],
};
