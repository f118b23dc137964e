import { RefreshError, type PriceJump, type Refresh } from "@onerouter/catalog";
import { modelsDevUrl, refreshCatalogue } from "../catalogue/refresh-catalogue.ts";
import { loadCliConfig, type CliContext } from "./cli-context.ts";
import { CliError } from "./cli-error.ts";
import { printResult } from "./print.ts";

export interface RefreshFlags {
  from?: string;
  force?: boolean;
}

/** `onerouter models refresh`: renews what is known of providers and models. A running server takes it up. */
export async function refreshModelsCommand(context: CliContext, { from, force }: RefreshFlags): Promise<void> {
  const config = await loadCliConfig(context, { withoutCredentials: true });
  const source = from ?? config.catalogue.refresh_url ?? modelsDevUrl;
  try {
    const { dataDir, known } = context;
    const { catalogue, ...refresh } = await refreshCatalogue({ from: source, dataDir, known, now: Date.now(), force });
    printResult(context, { source, date: catalogue.date, ...refresh }, describe(source, refresh, force === true));
  } catch (error) {
    if (!(error instanceof RefreshError)) throw error;
    throw new CliError("refresh_refused", `the catalogue stays as it was: ${error.message}`);
  }
}

const shown = 20;

function describe(source: string, refresh: Omit<Refresh, "catalogue">, forced: boolean): string {
  const { providers, added, repriced, gone, jumps, unpriced } = refresh;
  const lines = [
    `Refreshed ${providers} providers from ${source}: ${added} models are new, ${repriced} have a new price, ${gone} are gone.`,
  ];
  if (unpriced.length > 0) lines.push(`${unpriced.length} prices cannot be read; they are as they were.`);
  if (jumps.length > 0) {
    lines.push(forced ? "These prices jumped:" : "These prices jumped and are as they were; --force takes them over:");
    lines.push(...jumps.slice(0, shown).map(describeJump));
    if (jumps.length > shown) lines.push(`  and ${jumps.length - shown} more; --json names them all`);
  }
  return lines.join("\n");
}

function describeJump({ provider, upstreamId, rate, from, to }: PriceJump): string {
  return `  ${provider} ${upstreamId}: ${rate} from ${from} to ${to} USD per million`;
}
