import { parentPort } from "node:worker_threads";
import type { ToolText } from "./describe-tool.ts";

/** Runs a pattern that a model wrote on a thread that can be ended: backtracking may take longer than the universe lasts. */
parentPort?.once("message", ({ pattern, tools, most }: { pattern: string; tools: ToolText[]; most: number }) => {
  const expression = new RegExp(pattern, "i");
  const names: string[] = [];
  // Names first: a pattern is nearly always meant for them.
  for (const { name } of tools) if (names.length < most && expression.test(name)) names.push(name);
  for (const { name, text } of tools) {
    if (names.length < most && !names.includes(name) && expression.test(text)) names.push(name);
  }
  parentPort?.postMessage(names);
});
