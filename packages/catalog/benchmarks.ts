/** What a benchmark was run with. */
export type BenchmarkSetting = "no tools" | "with tools" | "with python" | "with simulated tools (JSON)" | "heavy";

export type BenchmarkCategory = "reasoning" | "general" | "agentic-search" | "coding";

/** One published result of one model, in percent or points of the benchmark's own scale (0 to 100). */
export interface BenchmarkScore {
  category: BenchmarkCategory;
  benchmark: string;
  setting: BenchmarkSetting;
  score: number;
  /** How the model was run, where that is not its only way: its effort, or with thinking. */
  variant?: string;
}

/** Moonshot AI's comparison at the release of Kimi K2 Thinking, November 2025. */
export const benchmarkSource = "https://moonshotai.github.io/Kimi-K2/thinking.html";

/** The columns of the table below. */
const models: ReadonlyArray<readonly [id: string, variant?: string]> = [
  ["moonshotai/kimi-k2-thinking"],
  ["openai/gpt-5", "high"],
  ["anthropic/claude-sonnet-4.5", "thinking"],
  ["moonshotai/kimi-k2-0905"],
  ["deepseek/deepseek-v3.2"],
  ["x-ai/grok-4"],
];

type Row = readonly [BenchmarkCategory, string, BenchmarkSetting, ReadonlyArray<number | undefined>];

// prettier-ignore
const rows: readonly Row[] = [
  ["reasoning", "HLE", "no tools", [23.9, 26.3, 19.8, 7.9, 19.8, 25.4]],
  ["reasoning", "HLE", "with tools", [44.9, 41.7, 32, 21.7, 20.3, 41]],
  ["reasoning", "HLE", "heavy", [51, 42, undefined, undefined, undefined, 50.7]],
  ["reasoning", "AIME25", "no tools", [94.5, 94.6, 87, 51, 89.3, 91.7]],
  ["reasoning", "AIME25", "with python", [99.1, 99.6, 100, 75.2, 58.1, 98.8]],
  ["reasoning", "AIME25", "heavy", [100, 100, undefined, undefined, undefined, 100]],
  ["reasoning", "HMMT25", "no tools", [89.4, 93.3, 74.6, 38.8, 83.6, 90]],
  ["reasoning", "HMMT25", "with python", [95.1, 96.7, 88.8, 70.4, 49.5, 93.9]],
  ["reasoning", "HMMT25", "heavy", [97.5, 100, undefined, undefined, undefined, 96.7]],
  ["reasoning", "IMO-AnswerBench", "no tools", [78.6, 76, 65.9, 45.8, 76, 73.1]],
  ["reasoning", "GPQA", "no tools", [84.5, 85.7, 83.4, 74.2, 79.9, 87.5]],
  ["general", "MMLU-Pro", "no tools", [84.6, 87.1, 87.5, 81.9, 85]],
  ["general", "MMLU-Redux", "no tools", [94.4, 95.3, 95.6, 92.7, 93.7]],
  ["general", "Longform Writing", "no tools", [73.8, 71.4, 79.8, 62.8, 72.5]],
  ["general", "HealthBench", "no tools", [58, 67.2, 44.2, 43.8, 46.9]],
  ["agentic-search", "BrowseComp", "with tools", [60.2, 54.9, 24.1, 7.4, 40.1]],
  ["agentic-search", "BrowseComp-ZH", "with tools", [62.3, 63, 42.4, 22.2, 47.9]],
  ["agentic-search", "Seal-0", "with tools", [56.3, 51.4, 53.4, 25.2, 38.5]],
  ["agentic-search", "FinSearchComp-T3", "with tools", [47.4, 48.5, 44, 10.4, 27]],
  ["agentic-search", "Frames", "with tools", [87, 86, 85, 58.1, 80.2]],
  ["coding", "SWE-bench Verified", "with tools", [71.3, 74.9, 77.2, 69.2, 67.8]],
  ["coding", "SWE-bench Multilingual", "with tools", [61.1, 55.3, 68, 55.9, 57.9]],
  ["coding", "Multi-SWE-bench", "with tools", [41.9, 39.3, 44.3, 33.5, 30.6]],
  ["coding", "SciCode", "no tools", [44.8, 42.9, 44.7, 30.7, 37.7]],
  ["coding", "LiveCodeBench V6", "no tools", [83.1, 87, 64, 56.1, 74.1]],
  ["coding", "OJ-Bench (cpp)", "no tools", [48.7, 56.2, 30.4, 25.5, 38.2]],
  ["coding", "Terminal-Bench", "with simulated tools (JSON)", [47.1, 43.8, 51, 44.5]],
];

/** Published results by model id. */
export const benchmarkScores: ReadonlyMap<string, readonly BenchmarkScore[]> = new Map(
  models.map(([id, variant], column) => [
    id,
    rows.flatMap(([category, benchmark, setting, scores]): BenchmarkScore[] => {
      const score = scores[column];
      if (score === undefined) return [];
      return [{ category, benchmark, setting, score, ...(variant === undefined ? {} : { variant }) }];
    }),
  ]),
);
