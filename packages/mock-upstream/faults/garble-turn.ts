import type { Turn, TurnPart } from "../agent/conversation.ts";
import type { JsonObject } from "../json-object.ts";
import type { ArgumentKind, Fault } from "./fault.ts";
import { leakMarkup } from "./leak-markup.ts";

const nonAscii = " Grüße, 日本語, 👩‍🚀 — ½";

/** Applies the faults that concern what the model says, before any protocol writes it down. */
export function garbleTurn(turn: Turn, fault: Fault, callIds: string[]): Turn {
  let parts = turn.parts;
  if (fault.empty) return { parts: [], finish: "stop" };
  if (fault.unicode) parts = parts.map(addNonAscii);
  if (fault.args) parts = parts.map((part) => garbleArguments(part, fault.args));
  let finish = turn.finish;
  if (fault.leak && fault.leak !== "mixed" && parts.some((part) => part.type === "call")) {
    parts = leakMarkup(parts, fault.leak, callIds);
    finish = "stop";
  }
  if (fault.late) {
    const isReasoning = (part: TurnPart) => part.type === "reasoning";
    parts = [...parts.filter((part) => !isReasoning(part)), ...parts.filter(isReasoning)];
  }
  return { ...turn, parts, finish };
}

function addNonAscii(part: TurnPart): TurnPart {
  return part.type === "call" || part.type === "search" ? part : { ...part, text: part.text + nonAscii };
}

function garbleArguments(part: TurnPart, kind: ArgumentKind | undefined): TurnPart {
  // A custom tool's text has no syntax that could break.
  if (part.type !== "call" || !kind || part.kind === "custom") return part;
  return { ...part, argumentsText: spell(part.input, part.argumentsText, kind) };
}

function spell(input: JsonObject, text: string, kind: ArgumentKind): string {
  switch (kind) {
    case "trailing-comma":
      return text.replace(/\}$/, ",}");
    case "single-quotes":
      return text.replaceAll("'", "\\'").replaceAll('\\"', "\u0000").replaceAll('"', "'").replaceAll("\u0000", '"');
    case "truncated":
      return text.slice(0, Math.max(1, text.length - 2));
    case "wrong-type":
      return JSON.stringify(mapValues(input, (value) => (typeof value === "string" ? [value] : JSON.stringify(value))));
    case "extra-text":
      return `Here are the arguments: ${text} I hope they help.`;
    case "fence":
      return `\`\`\`json\n${text}\n\`\`\``;
    case "unquoted":
      return text.replace(/([{,])"(\w+)":/g, "$1$2:");
    case "double-encoded":
      return JSON.stringify(text);
    case "missing-field":
      return JSON.stringify(Object.fromEntries(Object.entries(input).slice(1)));
    case "unknown-field":
      return JSON.stringify({ ...input, mock_unknown_field: true });
    case "empty":
      return "";
    case "object":
      return "{}";
    case "one":
    case "many":
    case "mixed":
      return text;
  }
}

function mapValues(input: JsonObject, change: (value: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, change(value)]));
}
