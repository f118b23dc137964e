import { createAnswerAccumulator, type AnswerPart, type ChatEvent, type EmitEvent } from "@onerouter/protocols";
import type { ServerTool } from "./server-tool.ts";

/** A call that the gateway answers. */
export interface OwnCall {
  tool: ServerTool;
  id: string;
  arguments: string;
}

/**
 * One upstream call in which the model may call the gateway's own tools. Stands between the sealed events of the upstream
 * and the client's answer: those calls are kept back, everything else goes on, and the whole turn is remembered, because the
 * next call to the upstream tells it again.
 */
export class ServerToolRound {
  readonly calls: OwnCall[] = [];
  /** The client has tools to run before anything can go on. */
  hasClientCalls = false;
  readonly #tools: ReadonlyMap<string, ServerTool>;
  readonly #turn = createAnswerAccumulator();
  /** Index of the block that is kept back. */
  #hidden = -1;

  constructor(tools: readonly ServerTool[]) {
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
  }

  take(event: ChatEvent, emit: EmitEvent): void {
    this.#turn.add(event);
    if (event.type === "block-start" && event.block.type === "tool-call") {
      const tool = event.block.custom === true ? undefined : this.#tools.get(event.block.name);
      if (tool === undefined) this.hasClientCalls = true;
      else {
        this.#hidden = event.index;
        this.calls.push({ tool, id: event.block.id, arguments: "" });
        return;
      }
    }
    if ("index" in event && event.index === this.#hidden) {
      const call = this.calls.at(-1);
      if (event.type === "block-delta" && call !== undefined) call.arguments += event.text;
      if (event.type === "block-stop") this.#hidden = -1;
      return;
    }
    emit(event);
  }

  /** What the model said in this turn, its own calls among it. */
  parts(): readonly AnswerPart[] {
    return this.#turn.answer().parts;
  }
}

/** The query of a call, out of whatever the model made of the arguments. */
export function readQuery(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "";
  }
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return "";
  const given: unknown = "query" in value ? value.query : Object.values(value).find((one) => typeof one === "string");
  return typeof given === "string" ? given : "";
}
