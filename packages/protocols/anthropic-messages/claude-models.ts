import type { ReasoningEffort } from "../model/chat-request.ts";

/** Which forms of `thinking` a model takes. */
export type ThinkingForm = "none" | "budget" | "both" | "adaptive";

/**
 * What Anthropic's own models take, told from the name: the generation is in it, and a model newer than this code is
 * like the newest (https://platform.claude.com/docs/en/build-with-claude/thinking-troubleshooting#rejected-configurations).
 */
export interface ClaudeTraits {
  thinking: ThinkingForm;
  /** The type of `thinking` that ends it; undefined: the model always thinks, or never. */
  restingType: "disabled" | "between_tools" | undefined;
  /** "output_config.effort 'xhigh' is not supported when thinking is disabled on this model." */
  restingEffortIsLimited: boolean;
  /** `tool_choice` of the types any and tool; a 400 on the newest. */
  forcedTools: boolean;
  /** The word for an effort; undefined: the model takes none. */
  effort(effort: ReasoningEffort): string | undefined;
  /** Sampling fields other than the default are a 400 from Opus 4.7 on. */
  fixedSampling: boolean;
  /** Instructions within the conversation: "role 'system' is not supported on this model" before Opus 4.8. */
  systemMessages: boolean;
  /** A last message of the assistant is the beginning of the answer; a 400 from Claude 4.6 on. */
  prefill: boolean;
}

/** Undefined for models that are not Claude. */
export function claudeTraits(model: string): ClaudeTraits | undefined {
  if (!model.includes("claude")) return undefined;
  const generation = readGeneration(model);
  return {
    thinking: thinkingForm(generation),
    restingType: restingType(model, generation),
    restingEffortIsLimited: generation > 500 || (generation === 500 && model.includes("opus")),
    forcedTools: forcedTools(model, generation),
    effort: (effort) => effortWord(effort, generation, model.includes("opus")),
    fixedSampling: generation >= 407,
    systemMessages: generation >= 408,
    prefill: generation < 406,
  };
}

// 405 for 4.5; `claude-sonnet-4-20250514` is 4.0, its date no minor version.
function readGeneration(model: string): number {
  const match = /claude-(?:[a-z]+-)?(\d+)(?:[-.](\d{1,2})(?!\d))?/.exec(model);
  return match === null ? Number.POSITIVE_INFINITY : Number(match[1]) * 100 + Number(match[2] ?? 0);
}

function thinkingForm(generation: number): ThinkingForm {
  if (generation < 307) return "none";
  if (generation < 406) return "budget";
  return generation === 406 ? "both" : "adaptive";
}

function restingType(model: string, generation: number): ClaudeTraits["restingType"] {
  if (generation < 307) return undefined;
  if (model.includes("haiku")) return "disabled";
  if (model.includes("sonnet")) return generation >= 505 ? "between_tools" : "disabled";
  return generation < 500 || (model.includes("opus") && generation < 505) ? "disabled" : undefined;
}

function forcedTools(model: string, generation: number): boolean {
  if (model.includes("haiku")) return true;
  return generation < (/opus|sonnet/.test(model) ? 505 : 501);
}

function effortWord(effort: ReasoningEffort, generation: number, isOpus: boolean): string | undefined {
  if (effort === "none" || generation < 405 || (generation === 405 && !isOpus)) return undefined;
  if (effort === "minimal") return "low";
  if (effort === "xhigh") return generation >= 407 ? "xhigh" : "high";
  if (effort === "max") return generation >= 406 ? "max" : "high";
  return effort;
}
