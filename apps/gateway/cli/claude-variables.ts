import { contextLengthOf, type Catalogue } from "@onerouter/catalog";

/** What Claude Code is told about a gateway. */
export interface ClaudeSetup {
  url: string;
  key: string;
  model: string;
  /** Tokens; undefined if the model's endpoints do not say. */
  contextLength: number | undefined;
}

/** Read before Claude Code's own default would be; a key there would be sent instead of ours. */
export const unsetForClaude = "ANTHROPIC_API_KEY";

/** In this order, as far as they can be asked for. Of hundreds of models the first may be any. */
const preferredModels = ["kimi-k2-thinking", "claude-sonnet-4.5"];

/** The model Claude Code should use: ANTHROPIC_MODEL if set, else one of those preferred, else the first. */
export function chooseClaudeModel(catalogue: Catalogue, wanted: string | undefined): string {
  const preferred = preferredModels.find((name) => catalogue.resolve(name) !== undefined);
  const fallback = preferred ?? catalogue.models()[0]?.id ?? "kimi-k2-thinking";
  return wanted === undefined || wanted === "" ? fallback : wanted;
}

/** chooseClaudeModel, with the context length that holds on all of its endpoints. */
export function describeClaudeSetup(
  catalogue: Catalogue,
  url: string,
  key: string,
  wanted: string | undefined,
): ClaudeSetup {
  const model = chooseClaudeModel(catalogue, wanted);
  const found = catalogue.resolve(model);
  return { url, key, model, contextLength: found === undefined ? undefined : contextLengthOf(found) };
}

/**
 * The environment that makes Claude Code work through the gateway with one model for everything it does.
 *
 * It assumes a context window of 200k or 1M tokens for a model it does not know, depending on its version, so the true
 * one is set twice: as the window, and as the size at which it compacts the conversation.
 */
export function claudeVariables({ url, key, model, contextLength }: ClaudeSetup): Record<string, string> {
  const window = contextLength === undefined ? undefined : String(contextLength);
  return {
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_AUTH_TOKEN: key,
    ANTHROPIC_MODEL: model,
    ANTHROPIC_SMALL_FAST_MODEL: model,
    ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
    ANTHROPIC_DEFAULT_SONNET_MODEL: model,
    ANTHROPIC_DEFAULT_OPUS_MODEL: model,
    CLAUDE_CODE_SUBAGENT_MODEL: model,
    ...(window === undefined
      ? {}
      : { CLAUDE_CODE_MAX_CONTEXT_TOKENS: window, CLAUDE_CODE_AUTO_COMPACT_WINDOW: window }),
  };
}

/** Calls Claude Code makes to its maker and that a gateway's user did not ask for; a value already set is kept. */
export const quietClaude: Readonly<Record<string, string>> = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  DISABLE_TELEMETRY: "1",
  DISABLE_ERROR_REPORTING: "1",
  DISABLE_AUTOUPDATER: "1",
};
