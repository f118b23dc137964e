import type { CallForm, Dialect } from "../dialect.ts";
import { jsonForm } from "../json-form.ts";
import { parameterForm } from "../parameter-form.ts";
import { isObject } from "../../wire/json-object.ts";

const open = "<tool_call>";
const close = "</tool_call>";

/** The call as one JSON object, whose head has been read up to the name. */
const wholeCall: CallForm = {
  ...jsonForm(close),
  read(body) {
    const text = `{"name":"${body.trim()}`;
    try {
      const value: unknown = JSON.parse(text);
      const given = isObject(value) ? (value.arguments ?? value.parameters) : undefined;
      // The very text, where it stands alone: numbers keep their form.
      if (isObject(given)) {
        const slice = sliceArguments(text);
        return slice !== undefined && isJson(slice) ? slice : JSON.stringify(given);
      }
      if (typeof given === "string") return given;
      return given === undefined ? "{}" : JSON.stringify(given);
    } catch {
      return sliceArguments(text) ?? "{";
    }
  },
  isWhole: (body) => jsonForm(close).isWhole(`"${body}`),
};

function sliceArguments(text: string): string | undefined {
  const match = /^\{"name":"(?:[^"\\]|\\.)*"\s*,\s*"(?:arguments|parameters)"\s*:\s*(?=\{)/.exec(text);
  if (match === null) return undefined;
  const rest = text.slice(match[0].length).trimEnd();
  return rest.endsWith("}") ? rest.slice(0, -1).trimEnd() : rest;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const glmForm = parameterForm({
  end: close,
  open: /<arg_key>(?<name>[^<]*)<\/arg_key>\s*<arg_value>/,
  close: ["</arg_value>"],
});

const qwenForm = parameterForm({
  end: "</function>",
  open: /<parameter=(?<name>[^>]*)>/,
  close: ["</parameter>"],
  ownLines: true,
});

/**
 * What stands in `<tool_call>`: one JSON object (Hermes, Qwen), `<function=name>` (Qwen3-Coder, which sometimes forgets the
 * tag around it), or a bare name (GLM).
 */
export const toolCallTag: Dialect = {
  name: "tool-call-tag",
  openers: [open, "<function="],
  readHead(cursor) {
    if (cursor.optional(open) !== undefined) cursor.space();
    if (!cursor.ok) return undefined;
    const next = cursor.text[cursor.at];
    if (next === "{") {
      cursor.literal("{");
      cursor.space();
      cursor.literal('"name"');
      cursor.space();
      cursor.literal(":");
      cursor.space();
      cursor.literal('"');
      const from = cursor.at;
      const name = cursor.takeName(/[^"\\<]/);
      cursor.literal('"');
      // The body begins with the name, so that the whole of it can be parsed.
      if (cursor.ok) cursor.at = from;
      return cursor.ok ? { name, form: wholeCall } : undefined;
    }
    if (next === "<") {
      cursor.literal("<function=");
      const name = cursor.takeName(/[^<>\s]/);
      cursor.literal(">");
      return cursor.ok ? { name, form: qwenForm } : undefined;
    }
    const name = cursor.takeName(/[\w.:/-]/);
    cursor.space();
    if (cursor.ok && cursor.text[cursor.at] !== "<") cursor.failure = "no";
    return cursor.ok ? { name, form: glmForm } : undefined;
  },
  trailers: [close],
};
