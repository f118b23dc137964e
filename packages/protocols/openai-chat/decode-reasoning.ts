import type { ReasoningEffort, ReasoningRequest } from "../model/chat-request.ts";
import type { ReasoningPart } from "../model/content.ts";
import { refuseField } from "../model/error.ts";
import {
  readArray,
  readObject,
  readOptionalBoolean,
  readOptionalCount,
  readOptionalString,
  readString,
} from "../wire/read-field.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/**
 * Reads the thoughts of an assistant message. Clients bring them back as `reasoning_details` (with our signature), as
 * `reasoning_content` or as `reasoning`, often as several at once: the details win, the same thought never counts twice.
 */
export function decodeAssistantReasoning(message: WireObject, path: string): ReasoningPart[] {
  const details = decodeReasoningDetails(message.reasoning_details, `${path}.reasoning_details`);
  if (details.some((part) => part.text !== "")) return details;
  const text = readThought(message, path);
  if (text === "") return details;
  const thought: ReasoningPart = { type: "reasoning", text };
  const signed = details.find((part) => part.signature !== undefined);
  if (signed?.signature !== undefined) thought.signature = signed.signature;
  return [thought, ...details.filter((part) => part !== signed)];
}

function readThought(message: WireObject, path: string): string {
  for (const field of ["reasoning_content", "reasoning"] as const) {
    const value = message[field];
    if (value === undefined || value === null || value === "") continue;
    return readString(value, `${path}.${field}`);
  }
  return "";
}

/**
 * Puts details back together. Clients that collect a stream send one detail per delta, others the finished blocks: text
 * with the same index belongs together until its signature came.
 */
function decodeReasoningDetails(value: unknown, path: string): ReasoningPart[] {
  if (value === undefined || value === null) return [];
  const parts: ReasoningPart[] = [];
  let open: ReasoningPart | undefined;
  let openIndex: unknown;
  for (const [at, item] of readArray(value, path).entries()) {
    const detail = readObject(item, `${path}[${at}]`);
    if (detail.type === "reasoning.encrypted") {
      open = undefined;
      parts.push({ type: "reasoning", text: "", redacted: readString(detail.data, `${path}[${at}].data`) });
      continue;
    }
    const text = readDetailText(detail, `${path}[${at}]`);
    const signature = typeof detail.signature === "string" ? detail.signature : undefined;
    const isNew = open === undefined || openIndex !== detail.index || (open.signature !== undefined && text !== "");
    if (isNew || open === undefined) {
      if (text === "" && signature === undefined) continue;
      open = { type: "reasoning", text: "" };
      openIndex = detail.index;
      parts.push(open);
    }
    open.text += text;
    if (signature !== undefined) open.signature = signature;
  }
  return parts;
}

function readDetailText(detail: WireObject, path: string): string {
  const field = detail.type === "reasoning.summary" ? "summary" : "text";
  const value = detail[field];
  return value === undefined || value === null ? "" : readString(value, `${path}.${field}`);
}

const efforts: readonly string[] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

/**
 * Reads how much the model should think, said in any of three ways: OpenAI's `reasoning_effort`, OpenRouter's
 * `reasoning` object or the vendors' `thinking` switch.
 */
export function decodeReasoningRequest(body: WireObject): ReasoningRequest | undefined {
  const effort = readEffort(body.reasoning_effort, "reasoning_effort");
  if (isObject(body.reasoning)) return decodeReasoningObject(body.reasoning, effort);
  if (body.reasoning !== undefined && body.reasoning !== null) refuseField("reasoning", "expected an object");
  if (body.thinking !== undefined && body.thinking !== null) {
    return decodeThinkingSwitch(readObject(body.thinking, "thinking"), effort);
  }
  return effort === undefined ? undefined : withEffort(effort);
}

function decodeReasoningObject(reasoning: WireObject, outerEffort: ReasoningEffort | undefined): ReasoningRequest {
  const effort = readEffort(reasoning.effort, "reasoning.effort") ?? outerEffort;
  const budgetTokens = readOptionalCount(reasoning.max_tokens, "reasoning.max_tokens");
  const enabled = readOptionalBoolean(reasoning.enabled, "reasoning.enabled");
  const result: ReasoningRequest = enabled === false ? { mode: "off" } : withEffort(effort);
  if (result.mode !== "off" && budgetTokens !== undefined) {
    result.mode = "budget";
    result.budgetTokens = budgetTokens;
  }
  const summary = readOptionalString(reasoning.summary, "reasoning.summary");
  if (summary !== undefined) result.display = summary;
  if (readOptionalBoolean(reasoning.exclude, "reasoning.exclude") === true) result.display = "omitted";
  return result;
}

function decodeThinkingSwitch(thinking: WireObject, outerEffort: ReasoningEffort | undefined): ReasoningRequest {
  if (thinking.type === "disabled") return { mode: "off" };
  const budgetTokens = readOptionalCount(thinking.budget_tokens, "thinking.budget_tokens");
  const result = withEffort(outerEffort ?? readEffort(thinking.effort, "thinking.effort"));
  if (result.mode !== "off" && budgetTokens !== undefined) return { ...result, mode: "budget", budgetTokens };
  return result;
}

function withEffort(effort: ReasoningEffort | undefined): ReasoningRequest {
  if (effort === "none") return { mode: "off" };
  return effort === undefined ? { mode: "auto" } : { mode: "auto", effort };
}

function readEffort(value: unknown, path: string): ReasoningEffort | undefined {
  if (value === undefined || value === null) return undefined;
  // DeepSeek's word for its highest effort.
  const effort = value === "ultra" ? "max" : value;
  if (typeof effort !== "string" || !efforts.includes(effort)) {
    return refuseField(path, `expected one of ${efforts.join(", ")}`);
  }
  return effort as ReasoningEffort;
}
