import type { Receipt } from "../receipt.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/** The object that a text is as JSON; undefined for everything else. */
export function parseObject(text: string): WireObject | undefined {
  // An exception costs far more than a look.
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The arguments of a call as an object. A model's broken ones stay in the history for good, and upstreams that read them
 * refuse every request that has them: those are wrapped.
 */
export function parseArguments(text: string, receipt?: Receipt): WireObject {
  if (text.trim() === "") return {};
  return parseObject(text) ?? wrapBroken(text, receipt);
}

/** The same as text: the model's own to the letter, where it is an object. */
export function mendArguments(text: string, receipt: Receipt): string {
  if (text.trim() === "") return "{}";
  return parseObject(text) === undefined ? JSON.stringify(wrapBroken(text, receipt)) : text;
}

function wrapBroken(text: string, receipt: Receipt | undefined): WireObject {
  receipt?.note("repaired", "messages.tool_call.arguments", "arguments that are no JSON object were wrapped in one");
  return { _raw: text };
}
