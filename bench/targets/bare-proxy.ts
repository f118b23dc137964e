import { join } from "node:path";
import { freePort, startGateway } from "./start-gateway.ts";
import type { Target } from "./target.ts";

/** The yardstick: see peers/bare-proxy.ts. */
export const bareProxy: Target = {
  name: "bare proxy",
  speaks: "messages",
  isGateway: true,
  start: async (bench) => {
    const port = await freePort();
    const program = join(bench.benchFolder, "peers/bare-proxy.ts");
    const command = [process.execPath, program, `--port=${port}`, `--upstream=${bench.upstream.origin}/v1`];
    const started = await startGateway(bench, { command }, `http://127.0.0.1:${port}/readyz`);
    return {
      name: "bare proxy",
      speaks: "messages",
      url: `http://127.0.0.1:${port}/v1/messages`,
      headers: {},
      model: (upstreamId) => upstreamId,
      ...started,
    };
  },
};
