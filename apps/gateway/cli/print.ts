import type { CliContext } from "./cli-context.ts";

/** What a command found: the value with `--json`, else the text. Stdout carries nothing else. */
export function printResult(context: CliContext, value: unknown, text: string): void {
  context.stdout.write(`${context.json ? JSON.stringify(value) : text}\n`);
}

/** What a person should know beside the result; never in the way of a program that reads stdout. */
export function printNotice(context: CliContext, text: string): void {
  context.stderr.write(`${text}\n`);
}

/** Columns aligned by their widest cell. */
export function formatTable(rows: ReadonlyArray<readonly string[]>): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
