/** What pi-ai (a copy of models.dev's table) knows of a provider's model. */
export interface LimitedModel {
  id: string;
  name: string;
  reasoning: boolean;
  input: readonly string[];
  /** USD per million tokens; 0 where there is none. */
  cost: { input: number; output: number; cacheRead: number; cacheWrite: number };
  contextWindow: number;
  maxTokens: number;
}

/** The package exports only its runtime; its table is a file of its own. */
const table = new URL("./node_modules/@mariozechner/pi-ai/dist/models.generated.js", import.meta.url);

export async function readLimits(): Promise<(provider: string | undefined) => readonly LimitedModel[]> {
  const { MODELS } = (await import(table.href)) as { MODELS: Record<string, Record<string, LimitedModel>> };
  return (provider) => (provider === undefined ? [] : Object.values(MODELS[provider] ?? {}));
}
