import type { JsonObject } from "../json-object.ts";

/** Pieces of a conversation in the chat protocol. */
export const hello = { role: "user", content: "hello" };

const parameters = { type: "object", properties: { command: { type: "string" } }, required: ["command"] };
export const tool = { type: "function", function: { name: "Bash", parameters } };

export const call = (id: string, args: unknown = "{}", name = "Bash") => ({
  id,
  type: "function",
  function: { name, arguments: args },
});
export const result = (id: string) => ({ role: "tool", tool_call_id: id, content: "ok" });
export const said = (fields: JsonObject = {}) => ({ role: "assistant", content: "x", ...fields });
export const calling = (...calls: JsonObject[]) => ({ role: "assistant", content: null, tool_calls: calls });
export const thinking = (reasoning: string, ...calls: JsonObject[]) => ({
  ...calling(...calls),
  reasoning_content: reasoning,
});
