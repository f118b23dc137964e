import { readGenerations } from "../../../apps/gateway/testing/read-generations.ts";
import type { Prices } from "./fleet-config.ts";

interface Usage {
  inputTokens: number;
  cacheReadTokens: number;
  outputTokens: number;
}

/** An attempt as the gateway wrote it down. */
export interface Attempt {
  provider: string;
  outcome: string;
  status?: number;
  /** What it took; nothing if it gave nothing. */
  usage: Usage | undefined;
  /** Picodollars. */
  cost: bigint;
}

export interface Turn {
  status: number;
  errorCode: string | null;
  aborted: boolean;
  isExpress: boolean;
  usageSource: string;
  usage: Usage;
  /** Picodollars. */
  cost: bigint;
  attempts: Attempt[];
}

type Stored = Omit<Attempt, "usage" | "cost"> & { usage?: Usage; cost?: string };

/** The generations in a gateway's database, oldest first, with what each of their attempts took. */
export function readTurns(dataFolder: string): Turn[] {
  return readGenerations(dataFolder).map((row) => {
    const usage: Usage = {
      inputTokens: Number(row.input_tokens),
      cacheReadTokens: Number(row.cache_read_tokens),
      outputTokens: Number(row.output_tokens),
    };
    const cost = BigInt(row.cost_picodollars ?? -1);
    const stored = JSON.parse(row.attempts) as Stored[];
    const isShared = stored.some((one) => one.usage !== undefined);
    return {
      status: Number(row.status),
      errorCode: row.error_code,
      aborted: Number(row.aborted) === 1,
      isExpress: Number(row.express_lane) === 1,
      usageSource: row.usage_source,
      usage,
      cost,
      attempts: stored.map((one, at) => {
        // A single attempt's spending is that of the generation; the one that answered is the last.
        const hasAll = !isShared && at === stored.length - 1;
        return { ...one, usage: hasAll ? usage : one.usage, cost: hasAll ? cost : BigInt(one.cost ?? 0) };
      }),
    };
  });
}

/** Picodollars. A USD for a million tokens is as many picodollars for one. */
export function priceOf({ inputTokens, cacheReadTokens, outputTokens }: Usage, prices: Prices): bigint {
  const perToken = (usd: number): bigint => BigInt(Math.round(usd * 1e6));
  return (
    BigInt(inputTokens - cacheReadTokens) * perToken(prices.prompt) +
    BigInt(cacheReadTokens) * perToken(prices.cache_read) +
    BigInt(outputTokens) * perToken(prices.completion)
  );
}
