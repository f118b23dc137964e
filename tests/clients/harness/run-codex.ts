import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentCall, AgentRun } from "./agents.ts";
import { codex, searchPath } from "./places.ts";
import { quietNetwork } from "./quiet-network.ts";
import { readJsonLines } from "./read-json-lines.ts";
import { clientFolders } from "./run-claude.ts";
import { startProgram } from "./start-program.ts";

interface Line {
  type: string;
  message?: string;
  error?: { message: string };
  item?: { type: string; text?: string };
}

/** Runs `codex exec PROMPT` to its end, with the gateway as a provider of the Responses protocol. */
export async function runCodex(call: AgentCall): Promise<AgentRun> {
  const { home, work } = clientFolders(call.folder);
  mkdirSync(join(home, ".codex"), { recursive: true });
  writeFileSync(join(home, ".codex", "config.toml"), writeConfig(call.target));
  const { code, stdout, stderr, wallMs } = await startProgram(
    codex,
    ["exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", "--json", call.prompt],
    {
      cwd: work,
      env: { HOME: home, PATH: searchPath, LANG: "C.UTF-8", GATEWAY_KEY: call.target.key, ...quietNetwork },
      timeoutMs: call.timeoutMs ?? 240_000,
    },
  ).done;
  const lines = readJsonLines<Line>(stdout);
  const failed = lines.find(({ type }) => type === "turn.failed" || type === "error");
  return {
    code,
    text: lines.findLast(({ item }) => item?.type === "agent_message")?.item?.text ?? "",
    error: failed?.error?.message ?? failed?.message,
    wallMs,
    stderr,
  };
}

// JSON strings are TOML strings.
function writeConfig({ url, model }: AgentCall["target"]): string {
  return `
model = ${JSON.stringify(model)}
model_provider = "gateway"
check_for_update_on_startup = false

[model_providers.gateway]
name = "gateway"
base_url = ${JSON.stringify(`${url}/v1`)}
env_key = "GATEWAY_KEY"
wire_api = "responses"

[analytics]
enabled = false

[otel]
exporter = "none"
`;
}
