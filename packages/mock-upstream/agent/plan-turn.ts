import { createHash } from "node:crypto";
import { isObject } from "../json-object.ts";
import { callGeneric, callTool, chooseCall, isAgentTool, mentionedTool } from "./choose-tool.ts";
import type { ChosenCall, Surroundings } from "./choose-tool.ts";
import type { Conversation, Turn, TurnPart } from "./conversation.ts";
import { findCutOff, restOfTurn } from "./cut-off.ts";
import { citeSources, searchFor } from "./search-web.ts";
import { fillSchema } from "./fill-schema.ts";
import { findSchemaInWords } from "./find-schema.ts";
import { findTask, stripWrappers, writeState } from "./find-task.ts";
import type { FoundTask } from "./find-task.ts";
import { limitTurn } from "./limit-turn.ts";
import type { Action } from "./parse-task.ts";

/**
 * What the scripted model says next. The same conversation always gets the same turn: there is no memory, the step is
 * read from the history, so a retried or resumed request continues exactly where it should.
 */
export function planTurn(conversation: Conversation, seed: string): Turn {
  const cutOff = findCutOff(conversation);
  if (cutOff !== undefined) return restOfTurn(planTurn(cutOff.before, seed), cutOff);
  const asked = lastUserText(conversation);
  const special = summaryFor(asked, conversation) ?? titleFor(asked, conversation);
  if (special !== undefined) return limitTurn(withPrefill(textTurn(special), conversation), conversation);

  const found = findTask(conversation);
  const calls = chooseCalls(conversation, found);
  const parts: TurnPart[] = [];
  if (conversation.thinks) parts.push({ type: "reasoning", text: writeThought(conversation, found, calls, seed) });
  const search = calls.length === 0 ? searchFor(conversation, found) : undefined;
  if (search) parts.push(search, { type: "text", text: citeSources(search) });
  else if (calls.length === 0) parts.push({ type: "text", text: writeReply(conversation, found) });
  else if (wantsWords(found.prompt)) parts.push({ type: "text", text: announce(found, calls) });
  for (const call of calls) parts.push({ type: "call", ...call, argumentsText: writeArguments(call) });
  const turn: Turn = { parts, finish: calls.length > 0 ? "calls" : "stop" };
  return limitTurn(withPrefill(turn, conversation), conversation);
}

function writeArguments(call: ChosenCall): string {
  return call.kind === "custom" ? String(call.input.input) : JSON.stringify(call.input);
}

function chooseCalls(conversation: Conversation, found: FoundTask): ChosenCall[] {
  const { tools, toolChoice } = conversation;
  if (toolChoice.type === "none" || tools.length === 0) return [];
  const around: Surroundings = {
    tools,
    prompt: found.prompt,
    step: found.done + 1,
    workingDirectory: findWorkingDirectory(conversation),
  };
  if (toolChoice.type === "named") {
    const named = tools.find((tool) => tool.name === toolChoice.name);
    return named ? [callTool(named, around)] : [];
  }
  const calls = callsForTask(conversation, found, around);
  if (calls.length > 0 || toolChoice.type !== "required") return calls;
  const forced = callGeneric(around);
  return forced ? [forced] : [];
}

function callsForTask(conversation: Conversation, found: FoundTask, around: Surroundings): ChosenCall[] {
  const { task, done } = found;
  if (task?.type === "count") return done < task.to ? countCalls([done + 1], around) : [];
  if (task?.type === "parallel") {
    return done === 0
      ? countCalls(
          Array.from({ length: task.calls }, (_, index) => index + 1),
          around,
        )
      : [];
  }
  if (task?.type === "actions") {
    const action = task.actions[done];
    if (action?.type === "search" && conversation.searchesWeb) return [];
    const call = action && chooseCall(action, around);
    return call ? [call] : [];
  }
  const plain = task === undefined && done === 0 && !conversation.tools.some(isAgentTool);
  const mentioned = plain ? mentionedTool(conversation.tools, found.prompt) : undefined;
  return mentioned ? [callTool(mentioned, around)] : [];
}

function countCalls(numbers: number[], around: Surroundings): ChosenCall[] {
  const calls = numbers.map((number) => {
    const echo: Action = { type: "shell", command: `echo ${number}` };
    const at = { ...around, step: number, value: String(number) };
    const mentioned = mentionedTool(around.tools, around.prompt);
    return mentioned ? callTool(mentioned, at) : chooseCall(echo, at);
  });
  return calls.filter((call) => call !== undefined);
}

// Differs from step to step and from task to task, so that a thought replayed in the wrong place is noticed.
function writeThought(conversation: Conversation, found: FoundTask, calls: ChosenCall[], seed: string): string {
  const past = conversation.messages.reduce((sum, message) => sum + message.calls.length, 0);
  const mark = createHash("sha256")
    .update(JSON.stringify([seed, conversation.model, found.prompt, found.done, past]))
    .digest("hex")
    .slice(0, 12);
  const names = calls.map((call) => call.name).join(", ");
  const next = names ? `I call ${names} next.` : "I can answer now.";
  const about = found.task?.type === "think" ? ` Turning over "${found.task.about}" from every side.` : "";
  return `The user asked: "${found.prompt.slice(0, 120)}".${about} Step ${found.done + 1}: ${next} (thought ${mark})`;
}

function wantsWords(prompt: string): boolean {
  return /\bsay what you do\b/i.test(prompt);
}

function announce({ done }: FoundTask, calls: ChosenCall[]): string {
  const told = calls.map(({ name, input }) => `${name} with ${JSON.stringify(input)}`).join(" and ");
  return `(mock) Step ${done + 1}: what was asked for next is done by calling ${told}.`;
}

function writeReply(conversation: Conversation, found: FoundTask): string {
  const wantsJson = conversation.answerSchema !== undefined || findSchemaInWords(conversation) !== undefined;
  if (wantsJson || found.task?.type === "json") return writeJson(conversation, found);
  const { task, done, results, prompt } = found;
  const failed = results.filter((result) => result.isError);
  const last = results.at(-1)?.text.trim().slice(0, 400);
  if (failed.length > 0)
    return `(mock) ${failed.length} of ${done} tool calls failed. The last one said: ${failed.at(-1)?.text}`;
  switch (task?.type) {
    case "count":
      return done >= task.to ? `(mock) Done: I counted to ${task.to} in ${done} tool calls.` : cannot(prompt);
    case "parallel":
      return done > 0 ? `(mock) Done: ${done} tools answered in parallel.` : cannot(prompt);
    case "actions":
      return done > 0
        ? `(mock) Done: ${task.actions.map(describe).join(", then ")}. The last tool said: ${last}`
        : cannot(prompt);
    case "think":
      return `(mock) I thought about ${task.about}. As a scripted model I have no opinion on it.`;
    default:
      if (done > 0) return `(mock) The tool answered: ${last}`;
      return `(mock) You asked: "${prompt.slice(0, 200)}". I am a scripted model; try "create hello.txt containing hi".`;
  }
}

function cannot(prompt: string): string {
  return `(mock) I understood "${prompt.slice(0, 200)}", but this request lets me call no tool for it.`;
}

function describe(action: Action): string {
  switch (action.type) {
    case "write":
      return `created ${action.file}`;
    case "shell":
      return `ran ${action.command}`;
    case "read":
      return `read ${action.file}`;
    case "list":
      return "listed the files";
    case "call":
      return `called ${action.tool}`;
    case "search":
      return `searched the web for ${action.query}`;
  }
}

function writeJson(conversation: Conversation, found: FoundTask): string {
  const { answerSchema } = conversation;
  const schema = isObject(answerSchema) ? answerSchema : findSchemaInWords(conversation);
  if (schema === undefined) return JSON.stringify({ answer: found.prompt.slice(0, 200), mock: true });
  return JSON.stringify(fillSchema(schema, { text: `(mock) ${found.prompt}`, step: found.done + 1 }));
}

// Claude Code, opencode and Codex each ask for a summary in their own words when the context is nearly full.
const summaryRequests = [
  /CRITICAL: Respond with TEXT ONLY/,
  /CONTEXT CHECKPOINT COMPACTION/,
  /Provide a detailed (?:prompt|summary) for continuing our conversation/,
];

function summaryFor(asked: string, conversation: Conversation): string | undefined {
  if (!summaryRequests.some((pattern) => pattern.test(asked))) return undefined;
  const before = { ...conversation, messages: withoutText(conversation, asked) };
  const found = findTask(before);
  const state = writeState(found.prompt, found.done);
  return `<analysis>(mock) Nothing to weigh.</analysis>\n<summary>\n(mock) The user asked: ${found.prompt}\n${state}\n</summary>`;
}

function withoutText(conversation: Conversation, text: string): Conversation["messages"] {
  return conversation.messages.map((message) =>
    message.role === "user"
      ? { ...message, texts: message.texts.filter((one) => stripWrappers(one) !== text) }
      : message,
  );
}

function titleFor(asked: string, conversation: Conversation): string | undefined {
  if (conversation.tools.length > 0 || conversation.answerSchema !== undefined) return undefined;
  const system = conversation.messages
    .filter((message) => message.role === "system")
    .flatMap((message) => message.texts);
  const wanted = /\btitle generator\b|\b(?:generate|write|create)\b[^.\n]{0,60}\btitle\b/i;
  if (![...system, asked].some((text) => wanted.test(text))) return undefined;
  return `Mock: ${asked
    .replace(/^[^\n]*title[^\n]*\n+/i, "")
    .trim()
    .replace(/^"|"$/g, "")
    .slice(0, 40)}`;
}

function lastUserText(conversation: Conversation): string {
  for (const message of conversation.messages.toReversed()) {
    if (message.role !== "user") continue;
    const text = message.texts.map(stripWrappers).findLast((one) => one !== "");
    if (text !== undefined) return text;
    if (message.results.length > 0) return "";
  }
  return "";
}

const directoryPattern = /(?:working directory|<cwd>|\bcwd\b)[^\S\n]*(?:is)?[:=>]?[^\S\n]*[`"']?(\/[^\s`"'<]*)/i;

// Claude Code's Write wants absolute paths and tells the directory in its environment notes.
function findWorkingDirectory(conversation: Conversation): string | undefined {
  for (const message of conversation.messages) {
    if (message.role === "assistant") continue;
    for (const text of message.texts) {
      const found = directoryPattern.exec(text);
      if (found?.[1]) return found[1];
    }
  }
  return undefined;
}

function textTurn(text: string): Turn {
  return { parts: [{ type: "text", text }], finish: "stop" };
}

// A client that gives the start of the answer gets its rest, as far as it is the start of what the mock would say.
function withPrefill(turn: Turn, conversation: Conversation): Turn {
  const { prefill } = conversation;
  if (!prefill) return turn;
  const parts = turn.parts
    .filter((part) => part.type !== "reasoning")
    .map((part) =>
      part.type === "text" && part.text.startsWith(prefill) ? { ...part, text: part.text.slice(prefill.length) } : part,
    );
  return { ...turn, parts };
}
