import { runClaude } from "./run-claude.ts";
import type { ClaudeVersion } from "./places.ts";
import type { Target } from "./client-environment.ts";
import { runCodex } from "./run-codex.ts";
import { opencodePackages, runOpencode } from "./run-opencode.ts";

export interface AgentCall {
  prompt: string;
  target: Required<Target>;
  /** Holds `home` and `work`. */
  folder: string;
  timeoutMs?: number;
}

/** How a run ended, whichever agent it was. */
export interface AgentRun {
  code: number | null;
  /** The last thing the agent said. */
  text: string;
  /** What the agent calls an error, if any. */
  error: string | undefined;
  wallMs: number;
  stderr: string;
}

export interface Agent {
  name: string;
  run(call: AgentCall): Promise<AgentRun>;
}

function claudeCode(version: ClaudeVersion): Agent {
  return {
    name: `Claude Code ${version}`,
    run: async (call) => {
      const { code, result, wallMs, stderr } = await runClaude(version, call);
      const text = result.result ?? "";
      return { code, text, error: result.is_error ? text : undefined, wallMs, stderr };
    },
  };
}

/** Every agent, opencode once for each of the packages by which it reaches providers. */
export const agents: readonly Agent[] = [
  claudeCode("2.1.330"),
  claudeCode("2.1.197"),
  { name: "Codex", run: runCodex },
  ...opencodePackages.map((packageName) => ({
    name: `opencode with ${packageName}`,
    run: (call: AgentCall) => runOpencode(packageName, call),
  })),
];
