/** What the mock knows of Google's models. */
export const geminiModels = ["gemini-3-pro-preview", "gemini-3-flash-preview", "gemini-2.5-pro", "gemini-2.5-flash"];

export function isGeminiModel(model: string): boolean {
  return /^(gemini|gemma)-/.test(model);
}

/** Gemini 3 and later demand thought signatures, give calls ids and know thinking levels. */
export function isThirdGeneration(model: string): boolean {
  return /^gemini-(?:[3-9]|\d\d)/.test(model);
}

export function isSecondGeneration(model: string): boolean {
  return /^gemini-(?:1|2)[.-]/.test(model);
}

/** Whether a model can be told not to think. */
export function mustThink(model: string): boolean {
  return model.startsWith("gemini-2.5-pro") || isThirdGeneration(model);
}

/** Tokens of thought that can be asked for beside 0 and -1 (ai.google.dev/gemini-api/docs/thinking#set-budget). */
export function budgetRange(model: string): [least: number, most: number] {
  if (model.startsWith("gemini-2.5-flash-lite")) return [512, 24_576];
  return model.startsWith("gemini-2.5-flash") ? [1, 24_576] : [128, 32_768];
}
