import { join } from "node:path";
import { freePort, startGateway } from "./start-gateway.ts";
import type { Target } from "./target.ts";

/**
 * @portkey-ai/gateway. Its open-source gateway does not convert Messages to an OpenAI-compatible upstream, so it is asked
 * for Chat Completions and forwards Chat Completions: less work than the others do.
 */
export const portkey: Target = {
  name: "portkey",
  speaks: "chat",
  isGateway: true,
  start: async (bench) => {
    const port = await freePort();
    const program = join(bench.benchFolder, "node_modules/@portkey-ai/gateway/build/start-server.js");
    // Headless leaves out the web page and its log stream.
    const command = [process.execPath, program, `--port=${port}`, "--headless"];
    const started = await startGateway(bench, { command }, `http://127.0.0.1:${port}/`);
    return {
      name: "portkey",
      speaks: "chat",
      url: `http://127.0.0.1:${port}/v1/chat/completions`,
      headers: {
        authorization: "Bearer dummy",
        "x-portkey-provider": "openai",
        "x-portkey-custom-host": `${bench.upstream.origin}/v1`,
      },
      model: (upstreamId) => upstreamId,
      ...started,
    };
  },
};
