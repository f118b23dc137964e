import { invalidRequest } from "../answer.ts";
import { asObject, isObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { checkCacheMarks } from "./check-cache-marks.ts";
import { checkOutputConfig } from "./check-output-config.ts";
import { choosesTools, isNewGeneration, knowsAdaptive, restingWord } from "./profile.ts";
import { extraInput, fieldRequired, refuseExtra } from "./refuse.ts";

const fields = [
  ..."model messages max_tokens metadata stop_sequences stream system temperature tool_choice tools top_k".split(" "),
  ..."top_p thinking service_tier container output_config inference_geo cache_control".split(" "),
];

/** Fields that exist only together with a beta header. */
const betaFields: Record<string, RegExp> = {
  context_management: /^(context-management|compact)-/,
  mcp_servers: /^mcp-client-/,
  speed: /^(fast-mode|speed)-/,
};

/** The betas of a request, from its header. @throws Refusal when one does not look like a beta at all */
export function readBetas(header: string | string[] | undefined): string[] {
  const betas = String(header ?? "")
    .split(",")
    .map((beta) => beta.trim())
    .filter(Boolean);
  const odd = betas.find((beta) => !/^[a-z][a-z0-9.-]*-\d{4}-?\d{2}-?\d{2}$/.test(beta));
  if (odd) {
    throw invalidRequest(
      `Unexpected value(s) \`${odd}\` for the \`anthropic-beta\` header. Please consult our documentation at docs.claude.com or try again without the header.`,
    );
  }
  return betas;
}

/** Anthropic's rules about everything but messages and tools (docs.claude.com/en/api/messages). */
export function checkMessagesRequest(body: JsonObject, model: string, betas: string[], isCount: boolean): void {
  checkFields(body, betas);
  if (body.model === undefined) throw fieldRequired("model");
  if (body.messages === undefined) throw fieldRequired("messages");
  if (!isCount) checkMaxTokens(body, model);
  checkMetadata(body.metadata);
  checkStops(body.stop_sequences);
  checkSystem(body.system);
  checkSampling(body, model);
  checkThinking(body, model);
  if (choosesTools(model) && forcesTools(body)) {
    throw invalidRequest("tool_choice: forcing tool use is not supported for this model");
  }
  checkOutputConfig(body.output_config, model);
  checkCacheMarks(body, betas);
}

function checkFields(body: JsonObject, betas: string[]): void {
  for (const field of Object.keys(body)) {
    const beta = betaFields[field];
    const isKnown = beta ? betas.some((one) => beta.test(one)) : fields.includes(field);
    if (!isKnown) throw extraInput(field);
  }
}

function checkMaxTokens(body: JsonObject, model: string): void {
  const { max_tokens: value } = body;
  if (value === undefined) throw fieldRequired("max_tokens");
  if (typeof value !== "number" || !Number.isInteger(value))
    throw invalidRequest("max_tokens: Input should be a valid integer");
  if (value < 1) throw invalidRequest("max_tokens: Input should be greater than or equal to 1");
  const most = model.startsWith("claude-")
    ? /4-[015]/.test(model) && !isNewGeneration(model)
      ? 64_000
      : 128_000
    : Infinity;
  if (value > most) {
    throw invalidRequest(
      `max_tokens: ${value} > ${most}, which is the maximum allowed number of output tokens for ${model}`,
    );
  }
}

function checkMetadata(metadata: unknown): void {
  if (metadata === undefined || metadata === null) return;
  refuseExtra(asObject(metadata), ["user_id"], "metadata");
  const { user_id: id } = asObject(metadata);
  if (id === undefined || id === null) return;
  if (typeof id !== "string") throw invalidRequest("metadata.user_id: Input should be a valid string");
  if (id.length > 256) throw invalidRequest("metadata.user_id: String should have at most 256 characters");
  // BerriAI/litellm#10106
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(id)) {
    throw invalidRequest(
      "metadata.user_id: user_id appears to contain an email address. Please send a uuid or hash value instead.",
    );
  }
}

// BerriAI/litellm#3286
function checkStops(stops: unknown): void {
  if (stops === undefined || stops === null) return;
  if (!Array.isArray(stops)) throw invalidRequest("stop_sequences: Input should be a valid list");
  for (const [at, stop] of stops.entries()) {
    if (typeof stop !== "string") throw invalidRequest(`stop_sequences.${at}: Input should be a valid string`);
    if (stop === "") throw invalidRequest("stop_sequences: each stop sequence must be non-empty");
    if (stop.trim() === "") throw invalidRequest("stop_sequences: each stop sequence must contain non-whitespace");
  }
}

function checkSystem(system: unknown): void {
  if (system === undefined || typeof system === "string") return;
  if (!Array.isArray(system)) throw invalidRequest("system: Input should be a valid list");
  for (const [at, raw] of system.entries()) {
    const block = asObject(raw);
    if (block.type !== "text") throw invalidRequest(`system.${at}.type: Input should be 'text'`);
    refuseExtra(block, ["type", "text", "cache_control", "citations"], `system.${at}`);
    if (typeof block.text !== "string") throw fieldRequired(`system.${at}.text`);
    if (block.text === "") throw invalidRequest("system: text content blocks must be non-empty");
  }
}

function checkSampling(body: JsonObject, model: string): void {
  const { temperature, top_p: topP } = body;
  // "Setting temperature, top_p, or top_k to a non-default value returns a 400 error", from Opus 4.7 on.
  for (const field of ["temperature", "top_p", "top_k"]) {
    if (!isNewGeneration(model) || body[field] === undefined || (field !== "top_k" && body[field] === 1)) continue;
    throw invalidRequest(`\`${field}\` is deprecated for this model.`);
  }
  if (typeof temperature === "number" && (temperature < 0 || temperature > 1))
    throw invalidRequest("temperature: range: 0..1");
  if (typeof topP === "number" && (topP < 0 || topP > 1)) throw invalidRequest("top_p: range: 0..1");
  if (model.startsWith("claude-") && temperature !== undefined && topP !== undefined) {
    throw invalidRequest("`temperature` and `top_p` cannot both be specified for this model. Please use only one.");
  }
}

function checkThinking(body: JsonObject, model: string): void {
  const { thinking } = body;
  if (thinking === undefined || thinking === null) return;
  if (!isObject(thinking))
    throw invalidRequest("thinking: Input should be a valid dictionary or object to extract fields from");
  const { type } = thinking;
  if (type === undefined) throw fieldRequired("thinking.type");
  if (type === "disabled" || type === "between_tools") return checkResting(thinking, body, model);
  if (type === "adaptive") checkAdaptive(thinking, model);
  else if (type === "enabled") checkBudget(thinking, body, model);
  else {
    throw invalidRequest(
      `thinking: Input tag '${String(type)}' found using 'type' does not match any of the expected tags: 'adaptive', 'disabled', 'enabled'`,
    );
  }
  checkBesideThinking(body);
}

function checkResting(thinking: JsonObject, body: JsonObject, model: string): void {
  const type = String(thinking.type);
  refuseExtra(thinking, ["type"], `thinking.${type}`);
  if (type !== restingWord(model)) {
    throw invalidRequest(
      `"thinking.type.${type}" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.`,
    );
  }
  const { effort } = asObject(body.output_config);
  const isLimited = /^claude-opus-5(?!\d)/.test(model) || type === "between_tools";
  if (isLimited && (effort === "xhigh" || effort === "max")) {
    throw invalidRequest(
      `output_config.effort '${effort}' is not supported when thinking is disabled on this model. Use effort 'high' or below, or enable thinking.`,
    );
  }
}

function checkAdaptive(thinking: JsonObject, model: string): void {
  refuseExtra(thinking, ["type", "display"], "thinking.adaptive");
  if (!knowsAdaptive(model)) throw invalidRequest("adaptive thinking is not supported on this model");
}

function checkBudget(thinking: JsonObject, body: JsonObject, model: string): void {
  refuseExtra(thinking, ["type", "budget_tokens", "display"], "thinking.enabled");
  if (isNewGeneration(model)) {
    throw invalidRequest(
      '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
    );
  }
  const { budget_tokens: budget } = thinking;
  if (budget === undefined) throw fieldRequired("thinking.enabled.budget_tokens");
  if (typeof budget !== "number" || budget < 1024) {
    throw invalidRequest("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024");
  }
  if (typeof body.max_tokens === "number" && body.max_tokens <= budget) {
    throw invalidRequest(
      "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at " +
        "https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size",
    );
  }
}

function checkBesideThinking(body: JsonObject): void {
  const where =
    "Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#important-considerations-when-using-extended-thinking";
  if (body.temperature !== undefined && body.temperature !== 1) {
    throw invalidRequest(`\`temperature\` may only be set to 1 when thinking is enabled or in adaptive mode. ${where}`);
  }
  if (body.top_k !== undefined)
    throw invalidRequest(`\`top_k\` must be unset when thinking is enabled or in adaptive mode. ${where}`);
  if (typeof body.top_p === "number" && body.top_p < 0.95) {
    throw invalidRequest(
      `\`top_p\` must be greater than or equal to 0.95 or unset when thinking is enabled or in adaptive mode. ${where}`,
    );
  }
  if (asObject(body.thinking).type === "enabled" && forcesTools(body)) {
    throw invalidRequest("Thinking may not be enabled when tool_choice forces tool use.");
  }
}

function forcesTools(body: JsonObject): boolean {
  const choice = asObject(body.tool_choice).type;
  return choice === "any" || choice === "tool";
}
