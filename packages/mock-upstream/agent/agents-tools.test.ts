import { expect, test } from "vitest";
import type { Conversation, OfferedTool } from "./conversation.ts";
import { planTurn } from "./plan-turn.ts";

const strings = (...keys: string[]) => ({
  type: "object",
  properties: Object.fromEntries(keys.map((key) => [key, { type: "string" }])),
  required: keys,
});
const tool = (name: string, ...keys: string[]): OfferedTool => ({ name, description: "", schema: strings(...keys) });

const codex = [tool("exec_command", "cmd"), tool("update_plan"), { ...tool("apply_patch"), kind: "custom" as const }];
const opencode = [
  tool("bash", "command", "description"),
  tool("write", "filePath", "content"),
  tool("read", "filePath"),
];
const geminiCli = [
  tool("run_shell_command", "command"),
  tool("write_file", "file_path", "content"),
  tool("read_file", "absolute_path"),
  tool("google_web_search", "query"),
];

function callFor(prompt: string, tools: OfferedTool[], fields: Partial<Conversation> = {}) {
  const messages = [{ role: "user" as const, texts: [prompt], calls: [], results: [] }];
  const { parts } = planTurn(
    { model: "m", messages, tools, toolChoice: { type: "auto" }, thinks: false, stop: [], ...fields },
    "seed",
  );
  return parts[0];
}

test.each([
  ["Codex", codex, "exec_command", { cmd: "echo 1" }],
  ["opencode", opencode, "bash", { command: "echo 1", description: "Run echo 1" }],
  ["Gemini CLI", geminiCli, "run_shell_command", { command: "echo 1" }],
])("%s counts with its shell", (_, tools, name, input) => {
  expect(callFor("count to 3 by calling the tool each time", tools)).toMatchObject({ name, input });
});

test.each([
  ["opencode", opencode, { name: "write", input: { filePath: "a.txt", content: "hi" } }],
  ["Gemini CLI", geminiCli, { name: "write_file", input: { file_path: "a.txt", content: "hi" } }],
  ["Codex without apply_patch", codex.slice(0, 1), { name: "exec_command", input: { cmd: "printf '%s' hi > a.txt" } }],
])("%s writes a file", (_, tools, call) => {
  expect(callFor("create a.txt containing hi", tools)).toMatchObject(call);
});

test("apply_patch as a custom tool and, behind a gateway, as a function", () => {
  const long = "hi ".repeat(40).trim();
  const patch = `*** Begin Patch\n*** Add File: a.txt\n+${long}\n*** End Patch\n`;
  expect(callFor(`create a.txt containing ${long}`, codex)).toMatchObject({
    name: "apply_patch",
    argumentsText: patch,
  });
  const asFunction = [tool("exec_command", "cmd"), tool("apply_patch", "input")];
  expect(callFor(`create a.txt containing ${long}`, asFunction)).toMatchObject({ input: { input: patch } });
});

test.each([
  ["opencode", opencode, { filePath: "a.txt" }],
  ["Gemini CLI", geminiCli, { absolute_path: "a.txt" }],
])("%s reads a file", (_, tools, input) => {
  expect(callFor("read a.txt", tools)).toMatchObject({ input });
});

test("the web is searched by the provider where it can, else by a function", () => {
  const prompt = "search the web for whales";
  expect(callFor(prompt, geminiCli)).toMatchObject({ name: "google_web_search", input: { query: "whales" } });
  expect(callFor(prompt, geminiCli, { searchesWeb: true })).toMatchObject({ type: "search", text: "whales" });
});

test("a tool that is asked for by name and not there is not replaced by another", () => {
  expect(callFor("call get_weather", codex)).toMatchObject({ type: "text" });
});
