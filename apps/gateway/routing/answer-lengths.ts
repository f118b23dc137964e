/** How long the answers of a model are, learnt from what upstreams report. */
export interface AnswerLengths {
  /** Tokens to expect; a call of tools is shorter than an essay. */
  expect(modelId: string, withTools: boolean): number;
  observe(modelId: string, withTools: boolean, outputTokens: number): void;
}

const usual = 500;
/** The usual length weighs as much as so many answers: a single short one does not make a model cheap. */
const priorWeight = 3;
const leastWeight = 0.02;
const mostModels = 2_000;

export function createAnswerLengths(): AnswerLengths {
  const calls = new Map<string, { mean: number; seen: number }>();
  const texts = new Map<string, { mean: number; seen: number }>();
  return {
    expect(modelId, withTools) {
      const { mean, seen } = (withTools ? calls : texts).get(modelId) ?? { mean: 0, seen: 0 };
      return (mean * seen + usual * priorWeight) / (seen + priorWeight);
    },
    observe(modelId, withTools, outputTokens) {
      const models = withTools ? calls : texts;
      const known = models.get(modelId);
      if (known !== undefined) {
        known.seen += 1;
        known.mean += Math.max(1 / known.seen, leastWeight) * (outputTokens - known.mean);
        return;
      }
      models.set(modelId, { mean: outputTokens, seen: 1 });
      const [oldest] = models.size > mostModels ? models.keys() : [];
      if (oldest !== undefined) models.delete(oldest);
    },
  };
}
