import { isObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import type { Conversation } from "./conversation.ts";

/** The schema that the system text asks for in words, as a model reads it that has no field for one. */
export function findSchemaInWords({ messages }: Pick<Conversation, "messages">): JsonObject | undefined {
  for (const { role, texts } of messages) {
    if (role !== "system") continue;
    const [, text] = /JSON Schema:\s*(\{.*\})/.exec(texts.join("\n")) ?? [];
    const schema = text === undefined ? undefined : parse(text);
    if (schema !== undefined) return schema;
  }
  return undefined;
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
