/** What a JSON object of an event holds. */
type Json = Record<string, unknown>;

interface OpenItem {
  index: number;
  id: string;
  type: string;
  parts: OpenPart[];
  text: string;
  isStopped: boolean;
}

interface OpenPart {
  type: string;
  text: string;
  /** Its text has been told whole. */
  isTold: boolean;
  isDone: boolean;
}

/** The place of a delta's text: which list of the item its part stands in. */
const partEvents: Readonly<
  Record<string, readonly [step: "delta" | "told", itemType: string, partType: string, field: string]>
> = {
  "response.output_text.delta": ["delta", "message", "output_text", "delta"],
  "response.output_text.done": ["told", "message", "output_text", "text"],
  "response.refusal.delta": ["delta", "message", "refusal", "delta"],
  "response.refusal.done": ["told", "message", "refusal", "refusal"],
  "response.reasoning_summary_text.delta": ["delta", "reasoning", "summary_text", "delta"],
  "response.reasoning_summary_text.done": ["told", "reasoning", "summary_text", "text"],
};

const inputEvents: Readonly<Record<string, readonly [step: "delta" | "told", itemType: string, field: string]>> = {
  "response.function_call_arguments.delta": ["delta", "function_call", "delta"],
  "response.function_call_arguments.done": ["told", "function_call", "arguments"],
  "response.custom_tool_call_input.delta": ["delta", "custom_tool_call", "delta"],
  "response.custom_tool_call_input.done": ["told", "custom_tool_call", "input"],
};

const searchSteps = ["in_progress", "searching", "completed"];

/**
 * Checks the text of a Responses stream against what its clients rely on: numbers without a gap, one item after the other,
 * deltas that add up to what is told whole, and a last event that repeats all items.
 * @returns what is wrong, in order; empty for a legal and complete stream
 */
export function checkResponsesStream(text: string): string[] {
  const checker = new Checker();
  for (const block of text.split("\n\n")) {
    const lines = block.split("\n").filter((line) => !line.startsWith(":"));
    if (lines.every((line) => line === "")) continue;
    const name = lines.find((line) => line.startsWith("event: "))?.slice("event: ".length);
    const data = lines.find((line) => line.startsWith("data: "))?.slice("data: ".length);
    checker.take(name, data);
  }
  checker.end();
  return checker.faults;
}

class Checker {
  readonly faults: string[] = [];
  #count = 0;
  #state: "begin" | "created" | "output" | "ended" = "begin";
  #item: OpenItem | undefined;
  readonly #done: Json[] = [];
  readonly #ids = new Set<string>();
  #type = "";
  /** What every event says that holds the response. */
  #response: unknown;

  take(name: string | undefined, data: string | undefined): void {
    const event = parse(data ?? "");
    this.#type = String(event?.type);
    if (event === undefined) return this.#say("data is not a JSON object");
    if (event.type !== name) this.#say(`event is ${String(name)}`);
    if (event.sequence_number !== this.#count)
      this.#say(`number ${String(event.sequence_number)} instead of ${this.#count}`);
    this.#count += 1;
    if (this.#state === "ended") this.#say("after the end");
    this.#judge(event);
  }

  end(): void {
    if (this.#state !== "ended") this.faults.push("the stream has no end");
  }

  #say(fault: string): void {
    this.faults.push(`event ${this.#count} (${this.#type}): ${fault}`);
  }

  #judge(event: Json): void {
    switch (this.#type) {
      case "response.created":
        if (this.#state !== "begin") this.#say("not at the beginning");
        this.#state = "created";
        return this.#checkResponse(event, "in_progress");
      case "response.in_progress":
        if (this.#state !== "created") this.#say("not behind response.created");
        this.#state = "output";
        return this.#checkResponse(event, "in_progress");
      case "response.completed":
      case "response.incomplete":
      case "response.failed":
        return this.#finish(event, this.#type.slice("response.".length));
      case "error":
        if (typeof event.message !== "string" || event.code === undefined)
          this.#say("an error without code or message");
        this.#state = "ended";
        return;
      default:
    }
    if (this.#state !== "output") this.#say("outside of the output");
    switch (this.#type) {
      case "response.output_item.added":
        return this.#add(event);
      case "response.output_item.done":
        return this.#complete(event);
      case "response.content_part.added":
        return this.#addPart(event, "message", event.content_index);
      case "response.content_part.done":
        return this.#completePart(event, event.content_index);
      case "response.reasoning_summary_part.added":
        return this.#addPart(event, "reasoning", event.summary_index);
      case "response.reasoning_summary_part.done":
        return this.#completePart(event, event.summary_index);
      default:
        return this.#judgeDelta(event);
    }
  }

  #judgeDelta(event: Json): void {
    const partEvent = partEvents[this.#type];
    if (partEvent !== undefined) {
      const [step, itemType, partType, field] = partEvent;
      const part = this.#place(event, itemType)?.parts.at(-1);
      const index = event.content_index ?? event.summary_index;
      if (part === undefined || part.type !== partType || part.isDone || part.isTold)
        return this.#say("no part is open for it");
      if (index !== (this.#item?.parts.length ?? 0) - 1) this.#say(`part ${String(index)} is not open`);
      if (typeof event[field] !== "string") return this.#say(`no ${field}`);
      if (step === "delta") part.text += event[field];
      else if (event[field] !== part.text) this.#say("the deltas add up to something else");
      part.isTold = step === "told";
      return;
    }
    const inputEvent = inputEvents[this.#type];
    if (inputEvent !== undefined) {
      const [step, itemType, field] = inputEvent;
      const item = this.#place(event, itemType);
      if (item === undefined) return;
      if (item.isStopped) this.#say("after the end of the input");
      if (typeof event[field] !== "string") return this.#say(`no ${field}`);
      if (step === "delta") item.text += event[field];
      else if (event[field] !== item.text) this.#say("the deltas add up to something else");
      item.isStopped = step === "told";
      return;
    }
    if (this.#type === "response.output_text.annotation.added") {
      if (this.#place(event, "message")?.parts.at(-1)?.isDone !== false) this.#say("no part is open for it");
      return;
    }
    const search = /^response\.web_search_call\.(\w+)$/.exec(this.#type)?.[1];
    if (search !== undefined && searchSteps.includes(search)) void this.#place(event, "web_search_call");
    else this.#say("an unknown event");
  }

  /** The open item, if the event is about it. */
  #place(event: Json, type: string): OpenItem | undefined {
    const item = this.#item;
    if (item === undefined || event.output_index !== item.index || event.item_id !== item.id) {
      this.#say(`item ${String(event.item_id)} is not open`);
      return undefined;
    }
    if (item.type !== type) this.#say(`in a ${item.type}`);
    return item;
  }

  #add(event: Json): void {
    if (this.#item !== undefined) this.#say(`item ${this.#item.id} is still open`);
    const item = toObject(event.item);
    const id = String(item.id);
    if (event.output_index !== this.#done.length)
      this.#say(`index ${String(event.output_index)} instead of ${this.#done.length}`);
    if (typeof item.id !== "string" || this.#ids.has(id)) this.#say("no id of its own");
    this.#ids.add(id);
    this.#item = { index: this.#done.length, id, type: String(item.type), parts: [], text: "", isStopped: false };
  }

  #addPart(event: Json, itemType: string, index: unknown): void {
    const item = this.#place(event, itemType);
    if (item === undefined) return;
    if (index !== item.parts.length) this.#say(`part ${String(index)} instead of ${item.parts.length}`);
    if (item.parts.at(-1)?.isDone === false) this.#say("a part is still open");
    item.parts.push({ type: String(toObject(event.part).type), text: "", isTold: false, isDone: false });
  }

  #completePart(event: Json, index: unknown): void {
    const part = this.#item?.parts.at(-1);
    if (part === undefined || part.isDone || index !== (this.#item?.parts.length ?? 0) - 1)
      return this.#say("no part is open");
    if (!part.isTold) this.#say("its text was not told whole");
    if (textOf(toObject(event.part)) !== part.text) this.#say("the deltas add up to something else");
    part.isDone = true;
  }

  #complete(event: Json): void {
    const open = this.#item;
    const item = toObject(event.item);
    this.#item = undefined;
    this.#done.push(item);
    if (open === undefined) return this.#say("no item is open");
    if (item.id !== open.id || item.type !== open.type || event.output_index !== open.index) this.#say("another item");
    if (open.parts.some((part) => !part.isDone)) this.#say("a part is still open");
    const list: unknown = item.type === "reasoning" ? item.summary : item.content;
    const texts = Array.isArray(list) ? list.map((part) => textOf(toObject(part))) : [];
    if (JSON.stringify(texts) !== JSON.stringify(open.parts.map((part) => part.text)))
      this.#say("its parts are others");
    const input = item.type === "function_call" ? item.arguments : item.type === "custom_tool_call" ? item.input : "";
    if (input !== open.text) this.#say("its input is another");
    if (item.type === "function_call" && parse(open.text) === undefined)
      this.#say("the arguments are not a JSON object");
    if ("call_id" in item && item.execution !== "server" && typeof item.call_id !== "string") this.#say("no call_id");
  }

  #checkResponse(event: Json, status: string): void {
    const response = toObject(event.response);
    if (response.object !== "response" || typeof response.id !== "string") this.#say("no response");
    if (response.status !== status) this.#say(`status ${String(response.status)}`);
    const { id, created_at: created, model } = response;
    this.#response ??= JSON.stringify([id, created, model]);
    if (JSON.stringify([id, created, model]) !== this.#response) this.#say("another response");
    if (JSON.stringify(response.output) !== JSON.stringify(this.#done)) this.#say("its output is another");
  }

  #finish(event: Json, status: string): void {
    if (this.#state !== "output") this.#say("before the output");
    if (this.#item !== undefined && status !== "failed") this.#say(`item ${this.#item.id} is still open`);
    this.#state = "ended";
    this.#checkResponse(event, status);
    const { error, usage, incomplete_details: details } = toObject(event.response);
    if (status === "failed" && typeof toObject(error).message !== "string") this.#say("no error");
    if (status === "incomplete" && typeof toObject(details).reason !== "string") this.#say("no reason");
    if (status !== "failed") this.#checkUsage(toObject(usage));
  }

  #checkUsage(usage: Json): void {
    const { input_tokens: input, output_tokens: output, total_tokens: total } = usage;
    if (typeof input !== "number" || typeof output !== "number" || total !== input + output)
      this.#say("usage does not add up");
  }
}

function textOf(part: Json): unknown {
  return part.text ?? part.refusal;
}

function toObject(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}
