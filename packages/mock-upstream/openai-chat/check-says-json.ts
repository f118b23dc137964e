import { invalidRequest } from "../answer.ts";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";

/** A form of any JSON object wants the word in the prompt: without it models write blanks until they are cut off. */
export function checkSaysJson(body: JsonObject, message: string, code?: string): void {
  if (asObject(body.response_format).type !== "json_object") return;
  const texts = asArray(body.messages).map((one) => JSON.stringify(asObject(one).content ?? ""));
  if (!texts.some((text) => /json/i.test(text))) throw invalidRequest(message, "messages", code);
}
