import type { ModelRule } from "./profile.ts";

/** What open models want of whoever serves them; the hosts among the profiles build on it. */
export const openModels: readonly ModelRule[] = [
  // MoonshotAI/Kimi-K2 docs/tool_call_guidance.md: foreign ids in the history make Kimi leak markup or stop early. Moonshot
  // itself renames them before the model sees them, other hosts do not.
  { match: /kimi-k[2-9]/i, toolCallIdForm: "functions-index" },
  // Hosts pass Kimi's own rule on: a call without a thought before it is a 400 (earendil-works/pi#4251).
  {
    match: /kimi-k2-thinking|kimi-k2[.p][5-9]|kimi-k[3-9]/i,
    reasoningReplay: "tool-turns",
    reasoningRequiredWithToolCalls: true,
  },
  // Their chat template counts letters of ids and the turns of roles (NousResearch/hermes-agent#20154).
  {
    match: /(mis|minis|devs|magis|codes|pix)tral/i,
    toolCallIdForm: "nine-alphanumeric",
    assistantAfterTools: true,
  },
];
