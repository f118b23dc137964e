import { invalidRequest, Refusal } from "../answer.ts";

/** How one provider of the messages protocol differs from Anthropic. */
export type MessagesProfile = {
  name: string;
  models: string[];
  knowsModel(model: string): boolean;
  unknownModel(model: string): Refusal;
  contextWindow(model: string, betas: string[]): number;
  overflow(tokens: number, limit: number): Refusal;
  /** Whether the model thinks when the request does not say. */
  thinksByDefault(model: string): boolean;
  /** Anthropic's own rules: version header, betas, unknown fields, id pattern, signatures. */
  isAnthropic: boolean;
  /** Kimi refuses tool_reference blocks (MoonshotAI/Kimi-K2#118). */
  takesToolReferences: boolean;
  /** The refusal of a tool_use without a thinking block before it, where the provider wants one at every call. */
  missingThinking?: (at: number) => Refusal;
};

const anthropicProfile: MessagesProfile = {
  name: "anthropic",
  models: ["claude-opus-4-8", "claude-sonnet-4-6", "claude-sonnet-4-5", "claude-haiku-4-5"],
  knowsModel: (model) => model.startsWith("claude-"),
  unknownModel: (model) => new Refusal(404, `model: ${model}`, { type: "not_found_error" }),
  contextWindow: (model, betas) =>
    betas.some((beta) => beta.startsWith("context-1m-")) || isNewGeneration(model) ? 1_000_000 : 200_000,
  overflow: (tokens, limit) => invalidRequest(`prompt is too long: ${tokens} tokens > ${limit} maximum`),
  thinksByDefault: () => false,
  isAnthropic: true,
  takesToolReferences: true,
};

const genericProfile: MessagesProfile = {
  ...anthropicProfile,
  name: "generic",
  models: ["mock-chat", "mock-thinking", "claude-sonnet-4-5", "kimi-k2-thinking"],
  knowsModel: () => true,
  contextWindow: (model, betas) =>
    model.startsWith("claude-") ? anthropicProfile.contextWindow(model, betas) : 1_000_000,
};

const compatible: MessagesProfile = { ...anthropicProfile, isAnthropic: false, thinksByDefault: () => true };

const moonshotProfile: MessagesProfile = {
  ...compatible,
  name: "moonshot",
  models: ["kimi-k2-thinking", "kimi-k2.6", "kimi-k3"],
  knowsModel: (model) => /^(kimi|moonshot)-/.test(model),
  contextWindow: (model) => (/k3/.test(model) ? 1_048_576 : 262_144),
  overflow: (tokens, limit) =>
    invalidRequest(`Invalid request: Your request exceeded model token limit: ${limit} (requested: ${tokens})`),
  thinksByDefault: (model) => /thinking|k2[.-][5-9]|k3/.test(model),
  takesToolReferences: false,
  missingThinking: (at) =>
    invalidRequest(
      `thinking is enabled but reasoning_content is missing in assistant tool call message at index ${at}`,
    ),
};

const deepseekProfile: MessagesProfile = {
  ...compatible,
  name: "deepseek",
  models: ["deepseek-v4-flash", "deepseek-v4-pro"],
  knowsModel: (model) => model.startsWith("deepseek-"),
  contextWindow: () => 1_000_000,
  missingThinking: () =>
    invalidRequest("The `content[].thinking` in the thinking mode must be passed back to the API."),
};

const zaiProfile: MessagesProfile = {
  ...compatible,
  name: "zai",
  models: ["glm-4.7", "glm-5.2"],
  knowsModel: (model) => model.startsWith("glm-"),
  contextWindow: (model) => (/glm-4/.test(model) ? 202_752 : 1_000_000),
  overflow: () => invalidRequest("Prompt exceeds max length"),
};

/** The profile for a dialect; generic (Anthropic's rules, any model) when there is none of that name. */
export function findProfile(dialect: string): MessagesProfile {
  const profiles = [anthropicProfile, moonshotProfile, deepseekProfile, zaiProfile];
  return profiles.find((profile) => profile.name === dialect) ?? genericProfile;
}

/** Models that take adaptive thinking only, no prefill and no fixed budgets (Opus 4.7 and later, Fable). */
export function isNewGeneration(model: string): boolean {
  return /^claude-(?:opus-4-[7-9]|sonnet-4-[7-9]|(?:opus|sonnet|haiku|fable|mythos)-[5-9])/.test(model);
}

/** Models that know adaptive thinking and refuse prefill (from 4.6 on). */
export function knowsAdaptive(model: string): boolean {
  return !model.startsWith("claude-") || isNewGeneration(model) || /^claude-(?:opus|sonnet)-4-6/.test(model);
}

/** Models upon which no tool can be forced (Fable 5.1, Opus 5.5, Sonnet 5.5). */
export function choosesTools(model: string): boolean {
  return /^claude-(?:(?:opus|sonnet)-(?:5-[5-9]|[6-9])|(?:fable|mythos)-(?:5-[1-9]|[6-9]))(?!\d)/.test(model);
}

/** The word of `thinking.type` that ends thinking; undefined: nothing does. */
export function restingWord(model: string): string | undefined {
  if (/^claude-(?:fable|mythos|opus-(?:5-[5-9](?!\d)|[6-9]))/.test(model)) return undefined;
  return /^claude-sonnet-(?:5-[5-9](?!\d)|[6-9])/.test(model) ? "between_tools" : "disabled";
}
