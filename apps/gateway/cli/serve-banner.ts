import { claudeVariables, type ClaudeSetup } from "./claude-variables.ts";
import { formatExports } from "./print-env.ts";

/** What the banner may say about the key. */
export interface BannerKey {
  /** Undefined: not to be shown. */
  key: string | undefined;
  created: boolean;
  /** Where the local key lies; undefined if there is none. */
  file: string | undefined;
}

export interface Banner {
  setup: ClaudeSetup;
  key: BannerKey;
  isMock: boolean;
  configFile: string | undefined;
}

/** What `serve` tells a person when it is ready. */
export function formatBanner({ setup, key, isMock, configFile }: Banner): string {
  return [
    `OneRouter is ready at ${setup.url}`,
    "",
    ...(isMock ? mockLines : [`  Configuration   ${configFile} (changes are taken up at once)`]),
    ...keyLines(key),
    "",
    "  Claude Code, in a second terminal:",
    "",
    "      npx onerouter claude",
    "",
    ...(key.key === undefined
      ? ['  Any other way to start it: eval "$(npx onerouter env)"']
      : ["  or started by yourself, after:", "", ...indent(formatExports(claudeVariables(setup), "sh"))]),
    "",
    `  OpenAI-compatible clients: base URL ${setup.url}/v1, the same key, model ${setup.model}`,
  ].join("\n");
}

const mockLines = [
  "  MOCK: there is no onerouter.yaml here, so answers come from a built-in mock upstream, not from a model.",
  "  It can create files, run commands and count. `npx onerouter init` sets up a real provider.",
  "",
];

function keyLines({ key, created, file }: BannerKey): string[] {
  if (key !== undefined) {
    return [`  Key             ${key}${created ? ` (new; also in ${file})` : ""}`];
  }
  return file === undefined
    ? ["  Key             npx onerouter keys create --name NAME"]
    : [`  Key             in ${file}, or: npx onerouter keys create --name NAME`];
}

function indent(text: string): string[] {
  return text.split("\n").map((line) => `      ${line}`);
}
