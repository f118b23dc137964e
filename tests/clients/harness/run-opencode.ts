import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentCall, AgentRun } from "./agents.ts";
import { opencode, searchPath } from "./places.ts";
import { quietNetwork } from "./quiet-network.ts";
import { readJsonLines } from "./read-json-lines.ts";
import { clientFolders } from "./run-claude.ts";
import { startProgram } from "./start-program.ts";

/** The packages by which opencode reaches providers. It has these four built in and installs nothing. */
export const opencodePackages = [
  "@ai-sdk/openai-compatible",
  "@ai-sdk/anthropic",
  "@ai-sdk/openai",
  "@openrouter/ai-sdk-provider",
] as const;

interface Line {
  type: string;
  part?: { text?: string };
  error?: { name: string; data?: { message?: string } };
}

/** Runs `opencode run PROMPT` to its end, with the gateway behind one of its provider packages. */
export async function runOpencode(packageName: (typeof opencodePackages)[number], call: AgentCall): Promise<AgentRun> {
  const { home, work } = clientFolders(call.folder);
  const { url, key, model } = call.target;
  const configFile = join(home, "opencode.json");
  const limit = { context: 1_000_000, output: 32_000 };
  const provider = {
    npm: packageName,
    options: { baseURL: `${url}/v1`, apiKey: key },
    models: { [model]: { name: model, reasoning: true, tool_call: true, limit } },
  };
  const config = {
    model: `gateway/${model}`,
    small_model: `gateway/${model}`,
    autoupdate: false,
    share: "disabled",
    permission: { "*": "allow" },
    provider: { gateway: provider },
  };
  writeFileSync(configFile, JSON.stringify(config));
  const { code, stdout, stderr, wallMs } = await startProgram(opencode, ["run", "--format", "json", call.prompt], {
    cwd: work,
    env: {
      HOME: home,
      PATH: searchPath,
      LANG: "C.UTF-8",
      OPENCODE_CONFIG: configFile,
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
      OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
      OPENCODE_DISABLE_MODELS_FETCH: "1",
      OPENCODE_DISABLE_SHARE: "1",
      ...quietNetwork,
    },
    timeoutMs: call.timeoutMs ?? 240_000,
  }).done;
  const lines = readJsonLines<Line>(stdout);
  const failed = lines.find(({ type }) => type === "error")?.error;
  return {
    code,
    text: lines.findLast(({ type }) => type === "text")?.part?.text ?? "",
    error: failed === undefined ? undefined : `${failed.name}: ${failed.data?.message ?? ""}`,
    wallMs,
    stderr,
  };
}
