import type { ChatRequest, ReasoningEffort, ReasoningRequest } from "../model/chat-request.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { claudeTraits } from "./claude-models.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

const smallestBudget = 1024;

/** What some models take no more of while they do not think. */
const highEfforts: ReadonlySet<string> = new Set(["xhigh", "max"]);

/** Budgets for models that are told tokens and not an effort. */
const budgets: Readonly<Record<ReasoningEffort, number>> = {
  none: smallestBudget,
  minimal: smallestBudget,
  low: 4096,
  medium: 10_000,
  high: 20_000,
  xhigh: 31_999,
  max: 31_999,
};

const displays: ReadonlySet<string> = new Set(["summarized", "omitted", "updates"]);

export interface EncodedThinking {
  thinking?: WireObject;
  effort?: string;
  /** The request asks for thoughts: some other fields are not possible then. */
  isOn: boolean;
}

/**
 * Writes `thinking` in the form the model takes.
 * @param thoughtMissing an unfinished tool loop without a thought: a budget is not possible then, adaptive thinking is
 *   (https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking#validation-changes)
 */
export function encodeThinking(
  request: ChatRequest,
  profile: VendorProfile,
  target: EncodeTarget,
  maxTokens: number,
  thoughtMissing: boolean,
): EncodedThinking {
  const { receipt } = target;
  const wanted = request.reasoning;
  if (wanted === undefined) return { isOn: false };
  const traits = claudeTraits(target.upstreamModel);
  const form = traits?.thinking ?? "both";
  const mode = wanted.effort === "none" && wanted.mode === "auto" ? "off" : wanted.mode;
  const effort = encodeEffort(wanted, profile, target);
  if (wanted.effortOnly === true && mode !== "off") return { effort, isOn: false };
  if (mode === "off") return rest();
  if (form === "none") return restBecause("this model does not think");
  const isBudgeted = form === "budget" || (form === "both" && mode === "budget");
  const obstacle = isBudgeted ? findObstacle() : undefined;
  // Claude 4.6, which takes both forms, thinks without a budget where one is not possible.
  if (obstacle !== undefined && traits?.thinking !== "both") return restBecause(obstacle);
  const thinking = isBudgeted && obstacle === undefined ? enabled() : adaptive(obstacle);
  encodeDisplay(thinking);
  return { thinking, effort, isOn: true };

  function rest(): EncodedThinking {
    if (form === "none") return { ...effortWithoutThoughts(), isOn: false };
    const type = traits === undefined ? "disabled" : traits.restingType;
    if (!profile.thinkingCanBeOff || type === undefined) {
      receipt.note("dropped", "thinking", "this model always thinks");
      return { ...effortWithoutThoughts(), isOn: false };
    }
    if (traits?.restingEffortIsLimited !== true || effort === undefined || !highEfforts.has(effort)) {
      return { thinking: { type }, ...effortWithoutThoughts(), isOn: false };
    }
    receipt.note("approximated", "output_config.effort", `${effort} is sent as high to a model that does not think`);
    return { thinking: { type }, effort: "high", isOn: false };
  }

  function restBecause(obstacle: string): EncodedThinking {
    receipt.note("dropped", "thinking", obstacle);
    return { ...effortWithoutThoughts(), isOn: false };
  }

  /** To Anthropic it is a measure of the whole answer; elsewhere one of thoughts, and refused without them (DeepSeek). */
  function effortWithoutThoughts(): Pick<EncodedThinking, "effort"> {
    if (effort === undefined) return {};
    if (profile.anthropicBetas) return { effort };
    receipt.note("dropped", "output_config.effort", "there is nothing to measure without thoughts");
    return {};
  }

  /** What is in the way of a budget, and not of adaptive thinking. */
  function findObstacle(): string | undefined {
    const choice = request.toolChoice?.type;
    if (profile.verifiesSignatures && request.tools.length > 0 && (choice === "required" || choice === "tool")) {
      return "a model that is made to call a tool cannot think before";
    }
    if (maxTokens <= smallestBudget) return `max_tokens leaves no room for the smallest budget of ${smallestBudget}`;
    if (profile.verifiesSignatures && thoughtMissing) return "the thoughts of the open tool call are not this model's";
    return undefined;
  }

  function adaptive(reason = "this model finds its own budget"): WireObject {
    if (mode === "budget") receipt.note("approximated", "thinking.budget_tokens", reason);
    return { type: "adaptive" };
  }

  function enabled(): WireObject {
    if (mode === "auto") receipt.note("approximated", "thinking", "this model is told a budget");
    const budget = wanted?.budgetTokens ?? budgets[wanted?.effort ?? "medium"];
    const fitting = Math.max(smallestBudget, Math.min(budget, maxTokens - 1));
    if (fitting !== budget && wanted?.budgetTokens !== undefined) {
      const reason = `the budget must be at least ${smallestBudget} and less than max_tokens`;
      receipt.note("approximated", "thinking.budget_tokens", reason);
    }
    return { type: "enabled", budget_tokens: fitting };
  }

  function encodeDisplay(thinking: WireObject): void {
    const others = request.extensions["anthropic-messages"]?.thinking;
    if (isObject(others) && profile.anthropicBetas) Object.assign(thinking, others, { ...thinking });
    // OpenAI's words (auto, concise, detailed) ask for a summary of some length.
    if (wanted?.display !== undefined) {
      thinking.display = displays.has(wanted.display) ? wanted.display : "summarized";
    }
  }
}

function encodeEffort(wanted: ReasoningRequest, profile: VendorProfile, target: EncodeTarget): string | undefined {
  const { effort } = wanted;
  if (effort === undefined || effort === "none") return undefined;
  const traits = claudeTraits(target.upstreamModel);
  // A provider that only resembles Anthropic gets Anthropic's words from Claude Code itself, and has to take them.
  const usual = effort === "minimal" ? "low" : effort;
  const word =
    profile.efforts === undefined ? (traits === undefined ? usual : traits.effort(effort)) : profile.efforts[effort];
  if (word === undefined) target.receipt.note("dropped", "output_config.effort", "this model is not told an effort");
  else if (word !== effort) target.receipt.note("approximated", "output_config.effort", `${effort} is sent as ${word}`);
  return word;
}
