// `npm run bench`: OneRouter beside a bare proxy and two peers, in one run on one machine. See README.md.
import { formatFacts, formatTable, formatVerdicts, saveResults } from "./report.ts";
import { isChosen, readOptions } from "./options.ts";
import { listModels } from "./requests/models.ts";
import { largeBody } from "./scenarios/large-body.ts";
import { latency } from "./scenarios/latency.ts";
import { startup } from "./scenarios/startup.ts";
import { streamsOf } from "./scenarios/streams.ts";
import { throughput } from "./scenarios/throughput.ts";
import { listTargets } from "./targets/list-targets.ts";
import { startUpstream } from "./upstream/start-upstream.ts";
import { judge, type Results } from "./verdicts.ts";
import { ensureInstalled } from "./workbench/install.ts";
import { readMachineFacts } from "./workbench/machine-facts.ts";
import { buildTools } from "./workbench/native-tools.ts";
import { ProcessPool } from "./workbench/process-pool.ts";

const scenarios = [startup, throughput, latency, largeBody, streamsOf(200), streamsOf(500)];

const benchFolder = import.meta.dirname;
const say = (line: string): void => console.log(line);
const options = readOptions(
  process.argv.slice(2),
  scenarios.map(({ name }) => name),
);
const startedAt = new Date();
const facts = readMachineFacts();
say(formatFacts(facts));
if (facts.loadAverage > 0.5 * facts.cores) say("The machine is busy: compare ratios, not numbers, and run again.");
ensureInstalled(benchFolder, say);

const pool = new ProcessPool();
process.on("exit", () => pool.close());
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));

const tools = await buildTools(pool, benchFolder, facts.go !== undefined);
const upstream = await startUpstream(pool, tools.upstream);
const models = listModels(options.depth.streamChunks);
const targets = listTargets(options.peers);
const bench = { pool, tools, depth: options.depth, upstream, models, targets, benchFolder };

const results: Results = {};
for (const scenario of scenarios.filter(({ name }) => isChosen(options, name))) {
  const begin = performance.now();
  const rows = await scenario.run(bench);
  results[scenario.name] = rows;
  say(formatTable(scenario, rows, performance.now() - begin));
}

const verdicts = judge(results);
say(formatVerdicts(verdicts));
const file = saveResults(benchFolder, { startedAt, quick: options.quick, facts, results, verdicts });
say(`\n${Math.round((Date.now() - startedAt.getTime()) / 1000)} s, saved as ${file}`);
process.exit(0);
