import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { vendorProfiles } from "./index.ts";
import { profileForModel, type VendorProfile } from "./profile.ts";

/** The models that stand for their families on the page. */
const families: ReadonlyArray<readonly [vendor: string, model: string]> = [
  ["moonshot", "kimi-k2-0905-preview"],
  ["moonshot", "kimi-k2-thinking"],
  ["moonshot", "kimi-k2.5"],
  ["moonshot", "kimi-k2.6"],
  ["moonshot", "kimi-k2.7-code"],
  ["moonshot", "kimi-k3"],
  ["deepseek", "deepseek-chat"],
  ["deepseek", "deepseek-v4-pro"],
  ["zai", "glm-4.6"],
  ["zai", "glm-4.7"],
  ["zai", "glm-5.2"],
  ["zai", "glm-5.3"],
  ["minimax", "MiniMax-M2.7"],
  ["minimax", "MiniMax-M3"],
  ["qwen", "qwen-plus"],
  ["qwen", "qwen3.7-plus"],
  ["qwen", "qwq-plus"],
  ["openai", "gpt-4o"],
  ["openai", "o4-mini"],
  ["openai", "gpt-5.1"],
  ["openai", "gpt-5.5"],
  ["openai", "gpt-6-astra"],
  ["xai", "grok-4"],
  ["xai", "grok-4.3"],
  ["mistral", "magistral-medium-latest"],
  ["mistral", "mistral-small-latest"],
  ["groq", "openai/gpt-oss-120b"],
  ["groq", "qwen/qwen3-32b"],
  ["together", "zai-org/GLM-5"],
  ["together", "moonshotai/Kimi-K2-Thinking"],
  ["fireworks", "accounts/fireworks/models/glm-5"],
  ["openrouter", "anthropic/claude-sonnet-4.5"],
  ["vllm", "Qwen/Qwen3-32B"],
  ["ollama", "qwen3:8b"],
  ["llamacpp", "qwen3-8b.gguf"],
  ["generic", "any"],
];

function rowOf(vendor: string, model: string): string {
  const base = vendorProfiles[vendor];
  if (base === undefined) throw new Error(vendor);
  const profile = profileForModel(base, model, "openai-chat");
  const cells = [
    `\`${vendor}\``,
    `\`${model}\``,
    thinkingOf(profile),
    { none: "no", "tool-turns": "with calls", all: "all" }[profile.reasoningReplay],
    { any: "any", "functions-index": "`functions.name:n`", "nine-alphanumeric": "nine letters" }[
      profile.toolCallIdForm
    ],
    choicesOf(profile),
    { none: "asked for", "json-object": "JSON", "json-schema": "schema" }[profile.structuredOutput],
    profile.images ? "yes" : "no",
    profile.cacheControl ? "marks" : "own",
  ];
  return `| ${cells.join(" | ")} |`;
}

function thinkingOf(profile: VendorProfile): string {
  const { thinkingSwitch, thinkingCanBeOff, efforts, thinkingKwarg = "thinking" } = profile;
  const words = [...new Set(Object.values(efforts ?? {}))].filter((word) => word !== "none").join(", ");
  const field = {
    none: "",
    "thinking-type": "`thinking`",
    "reasoning-effort": "`reasoning_effort`",
    "reasoning-object": "`reasoning`",
    "enable-thinking": "`enable_thinking`, `thinking_budget`",
    "chat-template-kwargs": `\`chat_template_kwargs.${thinkingKwarg}\``,
  }[thinkingSwitch];
  if (field === "") return thinkingCanBeOff ? "never" : "always";
  return `${thinkingCanBeOff ? "" : "always; "}${field}${words === "" ? "" : `: ${words}`}`;
}

function choicesOf({ toolChoices, whenThinking, thinkingCanBeOff, toolsWhileThinking = "yes" }: VendorProfile): string {
  if (toolsWhileThinking === "no") return "no tools";
  const can = (choices: VendorProfile["toolChoices"]): string =>
    choices.includes("tool") ? "named" : choices.includes("required") ? "any" : "asked for";
  const thinking = can(whenThinking?.toolChoices ?? toolChoices);
  const ever = thinkingCanBeOff ? can(toolChoices) : thinking;
  const text = ever === thinking ? ever : `${ever}; ${thinking} while thinking`;
  return toolsWhileThinking === "without-thinking" ? `${text}; tools end thinking` : text;
}

test("docs/vendors.md shows what the profiles say", () => {
  const page = readFileSync(new URL("../../../docs/vendors.md", import.meta.url), "utf8");
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  expect(rows.map((row) => row.replaceAll(/ +/g, " "))).toEqual(
    families.map(([vendor, model]) => rowOf(vendor, model)),
  );
});

test("every profile that speaks chat is on the page", () => {
  const shown = new Set(families.map(([vendor]) => vendor));
  const names = new Set(Object.values(vendorProfiles).map(({ name }) => name));
  expect([...names].filter((name) => !shown.has(name)).sort()).toEqual(["anthropic", "google"]);
});
