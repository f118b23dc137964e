/** What the mock knows of the models that speak this protocol. */
export const responsesModels = ["gpt-5.5", "gpt-5-mini", "gpt-4.1", "o4-mini"];

/** Everything reasons but the models of which it is known that they do not. */
export function isReasoningModel(model: string): boolean {
  return !/^(gpt-[34]|chatgpt|mock-chat)/.test(model);
}

/** The names OpenAI itself has. */
export function isOpenAiModel(model: string): boolean {
  return /^(gpt|o\d|chatgpt|codex)/.test(model);
}

export function contextWindow(model: string): number {
  if (model.startsWith("gpt-4.1")) return 1_047_576;
  return isOpenAiModel(model) ? 400_000 : 1_000_000;
}
