import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, startGateway } from "./start-gateway.ts";
import type { Target } from "./target.ts";

/** @musistudio/claude-code-router 2.0.0, with its key check on and its log files off. */
export const claudeCodeRouter: Target = {
  name: "claude-code-router",
  speaks: "messages",
  isGateway: true,
  start: async (bench) => {
    const port = await freePort();
    // It reads ~/.claude-code-router/config.json and nothing else.
    const home = bench.pool.makeFolder();
    mkdirSync(join(home, ".claude-code-router"));
    const config = {
      LOG: false,
      NON_INTERACTIVE_MODE: true,
      HOST: "127.0.0.1",
      PORT: port,
      APIKEY: "bench",
      Providers: [
        {
          name: "fast",
          api_base_url: `${bench.upstream.origin}/v1/chat/completions`,
          api_key: "dummy",
          models: bench.models,
          // Without it reasoning_content is lost from streams, and a stream would count as incomplete.
          transformer: { use: ["reasoning"] },
        },
      ],
      Router: { default: `fast,${bench.models[0]}` },
    };
    writeFileSync(join(home, ".claude-code-router/config.json"), JSON.stringify(config));
    const program = join(bench.benchFolder, "node_modules/@musistudio/claude-code-router/dist/cli.js");
    const command = [process.execPath, program, "start"];
    const started = await startGateway(bench, { command, env: { HOME: home } }, `http://127.0.0.1:${port}/health`);
    return {
      name: "claude-code-router",
      speaks: "messages",
      url: `http://127.0.0.1:${port}/v1/messages`,
      headers: { "x-api-key": "bench" },
      model: (upstreamId) => `fast,${upstreamId}`,
      ...started,
    };
  },
};
