import type { ChatRequest, ReasoningEffort, ReasoningRequest } from "../model/chat-request.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { claudeTraits } from "./claude-models.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

const smallestBudget = 1024;

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
 * @param thoughtMissing an unfinished tool loop whose assistant turn does not begin with a thought: Anthropic refuses
 *   `enabled` then (https://platform.claude.com/docs/en/build-with-claude/extended-thinking#preserving-thinking-blocks)
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
  const form = claudeTraits(target.upstreamModel)?.thinking ?? "both";
  const mode = wanted.effort === "none" && wanted.mode === "auto" ? "off" : wanted.mode;
  const effort = encodeEffort(wanted, profile, target);
  if (wanted.effortOnly === true && mode !== "off") return { effort, isOn: false };
  if (mode === "off") {
    if (!profile.thinkingCanBeOff) receipt.note("dropped", "thinking", "this model always thinks");
    else if (form !== "none") return { thinking: { type: "disabled" }, ...effortWithoutThoughts(), isOn: false };
    return { ...effortWithoutThoughts(), isOn: false };
  }
  const obstacle = findObstacle();
  if (obstacle !== undefined) {
    receipt.note("dropped", "thinking", obstacle);
    return { ...effortWithoutThoughts(), isOn: false };
  }
  const thinking = form === "budget" || (form === "both" && mode === "budget") ? enabled() : adaptive();
  encodeDisplay(thinking);
  return { thinking, effort, isOn: true };

  /** To Anthropic it is a measure of the whole answer; elsewhere one of thoughts, and refused without them (DeepSeek). */
  function effortWithoutThoughts(): Pick<EncodedThinking, "effort"> {
    if (effort === undefined) return {};
    if (profile.anthropicBetas) return { effort };
    receipt.note("dropped", "output_config.effort", "there is nothing to measure without thoughts");
    return {};
  }

  function findObstacle(): string | undefined {
    if (form === "none") return "this model does not think";
    const choice = request.toolChoice?.type;
    if (profile.verifiesSignatures && request.tools.length > 0 && (choice === "required" || choice === "tool")) {
      return "a model that is made to call a tool cannot think before";
    }
    if (form === "adaptive" || (form === "both" && mode === "auto")) return undefined;
    if (maxTokens <= smallestBudget) return `max_tokens leaves no room for the smallest budget of ${smallestBudget}`;
    if (profile.verifiesSignatures && thoughtMissing) return "the thoughts of the open tool call are not this model's";
    return undefined;
  }

  function adaptive(): WireObject {
    if (mode === "budget") receipt.note("approximated", "thinking.budget_tokens", "this model finds its own budget");
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
    if (isObject(others) && profile.anthropicBetas) Object.assign(thinking, others);
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
