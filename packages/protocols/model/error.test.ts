import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { errorTable, type ErrorCode } from "./error.ts";

test("docs/errors.md shows every error as the table has it, in its order", () => {
  const page = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");
  const shown = page.split("\n").filter((line) => /^\| `\w+` \| \d/.test(line));
  expect(shown).toEqual((Object.keys(errorTable) as ErrorCode[]).map(describeRow));
});

function describeRow(code: ErrorCode): string {
  const { status, retryable, origin, anthropic, openai, gemini } = errorTable[code];
  const [type, chatCode] = openai;
  const cells = [
    `\`${code}\``,
    String(status),
    retryable ? "yes" : "no",
    origin,
    `\`${anthropic}\``,
    `\`${type}\``,
    chatCode === null ? "null" : `\`${chatCode}\``,
    `\`${gemini}\``,
  ];
  return `| ${cells.join(" | ")} |`;
}
