import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, startGateway } from "./start-gateway.ts";
import type { Target } from "./target.ts";

/** OneRouter as a user starts it: keys, metering, keep-alive and SQLite on, through its public command line only. */
export const onerouter: Target = {
  name: "onerouter",
  speaks: "messages",
  isGateway: true,
  start: async (bench) => {
    const port = await freePort();
    const folder = bench.pool.makeFolder();
    const config = join(folder, "onerouter.yaml");
    writeFileSync(config, configText(folder, port, bench.upstream.origin, bench.models));
    const program = join(bench.benchFolder, "../node_modules/.bin/onerouter");
    const paths = ["--config", config, "--data", folder];
    const created = await bench.pool.run({
      command: [program, "keys", "create", "--name", "bench", "--json", ...paths],
      cwd: folder,
    });
    const key = readKey(created);
    const command = [program, "serve", "--port", String(port), ...paths];
    const started = await startGateway(bench, { command, cwd: folder }, `http://127.0.0.1:${port}/readyz`);
    return {
      name: "onerouter",
      speaks: "messages",
      url: `http://127.0.0.1:${port}/v1/messages`,
      headers: { "x-api-key": key, "anthropic-version": "2023-06-01" },
      model: (upstreamId) => `moonshotai/${upstreamId}`,
      ...started,
    };
  },
};

function readKey(printed: string): string {
  try {
    return (JSON.parse(printed) as { key: string }).key;
  } catch {
    throw new Error(`onerouter keys create --json did not print JSON: ${printed.trim().slice(0, 200) || "nothing"}`);
  }
}

function configText(folder: string, port: number, upstreamOrigin: string, models: string[]): string {
  const pricing = "{ prompt: 0.60, completion: 2.50, cache_read: 0.15 }";
  const limits = "context_length: 262144, max_output_tokens: 32768";
  const entries = models.map((id) => `      moonshotai/${id}: { upstream_id: ${id}, ${limits}, pricing: ${pricing} }`);
  return `server: { host: 127.0.0.1, port: ${port} }
database: { url: "sqlite:${join(folder, "onerouter.db")}" }
providers:
  fast:
    protocol: openai-chat
    base_url: ${upstreamOrigin}/v1
    api_keys: ["dummy"]
    vendor: moonshot
    models:
${entries.join("\n")}
`;
}
