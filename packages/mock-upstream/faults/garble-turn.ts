import type { CallPart, Turn, TurnPart } from "../agent/conversation.ts";
import { asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import type { ArgumentKind, Fault, LeakPlace } from "./fault.ts";

const nonAscii = " Grüße, 日本語, 👩‍🚀 — ½";

/** Applies the faults that concern what the model says, before any protocol writes it down. */
export function garbleTurn(turn: Turn, fault: Fault, callIds: string[]): Turn {
  let parts = turn.parts;
  if (fault.empty) return { parts: [], finish: "stop" };
  if (fault.unicode) parts = parts.map(addNonAscii);
  if (fault.args) parts = parts.map((part) => garbleArguments(part, fault.args));
  let finish = turn.finish;
  if (fault.leak && parts.some((part) => part.type === "call")) {
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
      return text;
  }
}

function mapValues(input: JsonObject, change: (value: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, change(value)]));
}

// The raw markup that Kimi's vendors let through when their parser misses a call (MoonshotAI/Kimi-K2#89, vllm#31207).
function leakMarkup(parts: TurnPart[], place: LeakPlace, callIds: string[]): TurnPart[] {
  const calls = parts.filter((part) => part.type === "call");
  const rest = parts.filter((part) => part.type !== "call");
  const markup = place === "k3" ? k3Markup(calls) : kimiMarkup(calls, callIds);
  if (place === "reasoning") {
    const thought = rest.find((part) => part.type === "reasoning")?.text ?? "";
    return [{ type: "reasoning", text: thought + markup }];
  }
  const shown = place === "cut" ? markup.slice(0, Math.floor(markup.length * 0.7)) : markup;
  return [...rest, { type: "text", text: shown }];
}

function kimiMarkup(calls: CallPart[], callIds: string[]): string {
  const bodies = calls.map(
    (call, index) =>
      `<|tool_call_begin|>${callIds[index]}<|tool_call_argument_begin|>${call.argumentsText}<|tool_call_end|>`,
  );
  return `<|tool_calls_section_begin|>${bodies.join("")}<|tool_calls_section_end|>`;
}

// Seen at vendors of K3 (can1357/oh-my-pi#8495); only the brackets are known for certain.
function k3Markup(calls: CallPart[]): string {
  return calls.map((call) => `<|open|>${call.name}<|sep|>${JSON.stringify(asObject(call.input))}<|close|>`).join("");
}
