import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import type { CallPart, OfferedTool } from "./conversation.ts";
import { fillSchema } from "./fill-schema.ts";
import type { FillHints } from "./fill-schema.ts";
import type { Action } from "./parse-task.ts";

export type ChosenCall = Pick<CallPart, "name" | "namespace" | "kind" | "input">;

/** `value` is what strings in a generic tool's arguments hold; the prompt unless told otherwise. */
export type Surroundings = {
  tools: OfferedTool[];
  prompt: string;
  step: number;
  value?: string;
  workingDirectory?: string;
};

// The clients' own tools: Claude Code (Write, Bash, Read), Codex (exec_command, apply_patch), opencode (write, bash, read),
// Gemini CLI (write_file, run_shell_command, read_file).
const shellTools = ["bash", "exec_command", "shell", "shell_command", "local_shell", "run_shell_command", "terminal"];
const writeTools = ["write", "write_file", "create_file"];
const readTools = ["read", "read_file", "view_file"];

const patchTools = ["apply_patch"];
const searchTools = ["websearch", "web_search", "google_web_search"];
const pathKeys = ["file_path", "filePath", "absolute_path", "path", "file", "filename"];
const contentKeys = ["content", "contents", "text", "file_text", "data"];

/** The call that carries out an action with the tools at hand, or undefined when no tool is offered. */
export function chooseCall(action: Action, around: Surroundings): ChosenCall | undefined {
  const direct = callForAction(action, around);
  // A tool that is asked for by name and not there is not replaced by another one.
  return direct ?? (action.type === "call" ? undefined : callGeneric(around));
}

/** Calls a tool for no particular purpose: one the prompt mentions, otherwise the first. */
export function callGeneric(around: Surroundings): ChosenCall | undefined {
  const tool =
    mentionedTool(around.tools, around.prompt) ?? around.tools.find((one) => !isAgentTool(one)) ?? around.tools[0];
  return tool ? callTool(tool, around) : undefined;
}

/** Calls one tool with arguments made from its schema. */
export function callTool(tool: OfferedTool, around: Surroundings): ChosenCall {
  const hints: FillHints = { text: around.value ?? around.prompt, step: around.step };
  // A custom tool takes any text.
  if (tool.kind === "custom") return nameCall(tool, { input: hints.text });
  return nameCall(tool, asObject(fillSchema({ type: "object", ...tool.schema }, hints)));
}

/** A tool the prompt names, in full or by a word of its name. Tools that write or run are never called by mention. */
export function mentionedTool(tools: OfferedTool[], prompt: string): OfferedTool | undefined {
  const words = new Set(prompt.toLowerCase().match(/[\w-]+/g));
  const free = tools.filter((tool) => !isAgentTool(tool));
  return (
    free.find((tool) => words.has(tool.name.toLowerCase())) ??
    free.find((tool) => nameWords(tool.name).some((word) => words.has(word)))
  );
}

/** The call of one tool by its full name, the arguments given or made from its schema. */
function callNamed(name: string, input: JsonObject | undefined, around: Surroundings): ChosenCall | undefined {
  const tool =
    around.tools.find((one) => one.name === name) ?? around.tools.find((one) => isOneOf(one, [name.toLowerCase()]));
  if (!tool) return undefined;
  return input ? nameCall(tool, input) : callTool(tool, around);
}

function nameCall({ name, namespace, kind }: OfferedTool, input: JsonObject): ChosenCall {
  return { name, ...(namespace === undefined ? {} : { namespace }), ...(kind === undefined ? {} : { kind }), input };
}

/** Whether the client is a coding agent, so that a plain question is answered rather than handed to the first tool. */
export function isAgentTool(tool: OfferedTool): boolean {
  return [shellTools, writeTools, readTools, patchTools].some((names) => isOneOf(tool, names));
}

function callForAction(action: Action, around: Surroundings): ChosenCall | undefined {
  const shell = around.tools.find((tool) => isOneOf(tool, shellTools));
  switch (action.type) {
    case "write": {
      const tool = around.tools.find((one) => isOneOf(one, writeTools));
      if (tool) return callWrite(tool, action.file, action.content, around);
      const patch = around.tools.find((one) => isOneOf(one, patchTools));
      if (patch) return callPatch(patch, action.file, action.content, around);
      return (
        shell &&
        callShell(shell, `printf '%s' ${quoteForShell(action.content)} > ${quoteForShell(action.file)}`, around)
      );
    }
    case "read": {
      const tool = around.tools.find((one) => isOneOf(one, readTools));
      if (tool) return withFields(tool, [[pathKeys, absolutePath(action.file, around)]], around);
      return shell && callShell(shell, `cat ${quoteForShell(action.file)}`, around);
    }
    case "shell":
      return shell && callShell(shell, action.command, around);
    case "list":
      return shell && callShell(shell, "ls -la", around);
    case "call":
      return callNamed(action.tool, action.input, around);
    case "search": {
      const tool = around.tools.find((one) => isOneOf(one, searchTools));
      return tool && withFields(tool, [[["query"], action.query]], around);
    }
  }
}

function callWrite(tool: OfferedTool, file: string, content: string, around: Surroundings): ChosenCall {
  const fields: FieldValue[] = [
    [pathKeys, absolutePath(file, around)],
    [contentKeys, content],
  ];
  return withFields(tool, fields, around);
}

// Codex's own notation; as a custom tool it is the whole input, as a function (behind a gateway) it is the only argument.
function callPatch(tool: OfferedTool, file: string, content: string, around: Surroundings): ChosenCall {
  const lines = content.replace(/\n$/, "").split("\n");
  const patch = ["*** Begin Patch", `*** Add File: ${file}`, ...lines.map((line) => `+${line}`), "*** End Patch", ""];
  const text = patch.join("\n");
  if (tool.kind === "custom") return nameCall(tool, { input: text });
  return withFields(tool, [[["input", "patch"], text]], around);
}

function callShell(tool: OfferedTool, command: string, around: Surroundings): ChosenCall {
  const property = asObject(asObject(asObject(tool.schema).properties).command);
  const value = property.type === "array" ? ["bash", "-lc", command] : command;
  return withFields(
    tool,
    [
      [["command", "cmd", "script"], value],
      [["description"], `Run ${command}`.slice(0, 80)],
    ],
    around,
  );
}

type FieldValue = [keys: string[], value: unknown];

// Known fields take the action's values; whatever else the tool requires is filled from its schema.
function withFields(tool: OfferedTool, fields: FieldValue[], around: Surroundings): ChosenCall {
  const properties = asObject(tool.schema.properties);
  const known: JsonObject = {};
  for (const [keys, value] of fields) {
    const key = keys.find((one) => one in properties);
    if (key) known[key] = value;
  }
  const rest = asArray(tool.schema.required).filter((key) => typeof key === "string" && !(key in known));
  const filled = callTool({ ...tool, schema: { ...tool.schema, required: rest } }, around);
  return nameCall(tool, { ...known, ...filled.input });
}

function absolutePath(file: string, around: Surroundings): string {
  if (file.startsWith("/") || !around.workingDirectory) return file;
  return `${around.workingDirectory.replace(/\/$/, "")}/${file.replace(/^\.\//, "")}`;
}

function quoteForShell(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function isOneOf(tool: OfferedTool, names: string[]): boolean {
  return names.includes(tool.name.toLowerCase());
}

function nameWords(name: string): string[] {
  const words = name.split(/[_\-.]|(?<=[a-z])(?=[A-Z])/).map((word) => word.toLowerCase());
  return words.filter(
    (word) => word.length >= 4 && !["tool", "call", "read", "write", "list", "create"].includes(word),
  );
}
