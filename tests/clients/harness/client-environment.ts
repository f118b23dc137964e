import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { searchPath } from "./places.ts";

/** The model every client asks for, by the alias of the keyless default. */
export const model = "kimi-k2-thinking";

export function newFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `onerouter-clients-${name}-`));
}

export interface Target {
  url: string;
  key: string;
  model?: string;
}

/** All that Claude Code is given: an empty home, the endpoint, no calls to its maker. Nothing is inherited. */
export function clientEnvironment(home: string, target: Target): Record<string, string> {
  const asked = target.model ?? model;
  return {
    HOME: home,
    PATH: searchPath,
    TERM: "xterm-256color",
    LANG: "C.UTF-8",
    ANTHROPIC_BASE_URL: target.url,
    ANTHROPIC_AUTH_TOKEN: target.key,
    ANTHROPIC_MODEL: asked,
    ANTHROPIC_SMALL_FAST_MODEL: asked,
    ANTHROPIC_DEFAULT_HAIKU_MODEL: asked,
    ANTHROPIC_DEFAULT_SONNET_MODEL: asked,
    ANTHROPIC_DEFAULT_OPUS_MODEL: asked,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_TELEMETRY: "1",
    DISABLE_ERROR_REPORTING: "1",
    DISABLE_AUTOUPDATER: "1",
    // Else it refuses to skip permissions as root, which CI may be.
    IS_SANDBOX: "1",
  };
}
