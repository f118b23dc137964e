import { asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { post } from "./talk.ts";

/** Pieces of a conversation in the messages protocol. */
export const hello = { role: "user", content: "hello" };
const schema = { type: "object", properties: { command: { type: "string" } }, required: ["command"] };
export const bash = { name: "Bash", input_schema: schema };
export const use = (id: string, input: unknown = {}) => ({ type: "tool_use", id, name: "Bash", input });
export const result = (id: string) => ({ type: "tool_result", tool_use_id: id, content: "ok" });
export const assistant = (...content: JsonObject[]) => ({ role: "assistant", content });
export const user = (...content: JsonObject[]) => ({ role: "user", content });
export const text = (words: string) => ({ type: "text", text: words });
export const claude: JsonObject = { model: "claude-sonnet-4-5", max_tokens: 4000, messages: [hello] };
export const budget = { type: "enabled", budget_tokens: 1024 };

/** What a messages request is answered with: its status, and the message of the refusal if it was one. */
export async function refusalOf(
  url: string,
  body: JsonObject,
  headers: Record<string, string>,
): Promise<[status: number, message: unknown]> {
  const { status, json } = await post(`${url}/v1/messages`, body, headers);
  return [status, asObject(json.error).message];
}
