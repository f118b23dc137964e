import { maxHeld, type ChatEvent, type EmitEvent, type KnownTool, type KnownTools } from "@onerouter/protocols";
import { checkArguments } from "./check-arguments.ts";
import type { SchemaCompiler } from "./compile-schema.ts";
import type { Mending } from "./mending.ts";

export interface CheckCallsOptions {
  tools: KnownTools;
  compiler: SchemaCompiler;
  onMending(mending: Mending): void;
  /** A call has been judged. */
  onCall(how: "fine" | "mended" | "hopeless"): void;
  /** The answer has come to its end, but calls of it are of no use; none was passed on. @param reason of the first one */
  onHopeless(reason: string): void;
}

type BlockOpening = Extract<ChatEvent, { type: "block-start" }>;

interface OpenCall {
  start: BlockOpening;
  events: ChatEvent[];
}

/** A call that has been judged, as what it will be passed on. */
interface JudgedCall {
  events: readonly ChatEvent[];
  reason?: string;
}

/**
 * Holds what follows the first call of an answer until the answer is complete, and judges its calls: by name, and by the
 * schema of their tool. All of them go on, mended where that is clear, or none: a client that has got one call of an answer
 * acts on it, and then it is too late to ask again.
 */
export function checkCalls(options: CheckCallsOptions, emit: EmitEvent): EmitEvent {
  const { tools, compiler, onMending, onCall, onHopeless } = options;
  /** What waits, in order; undefined before the first call. */
  let held: Array<ChatEvent | JudgedCall> | undefined;
  let heldLength = 0;
  let call: OpenCall | undefined;
  let reason: string | undefined;
  /** The answer has grown too long to be held: the rest goes on as it comes. */
  let givenUp = false;

  function judge({ start, events }: OpenCall): JudgedCall {
    if (start.block.type !== "tool-call") return { events };
    const { name, namespace } = start.block;
    const known = tools.get(name, namespace);
    const tool = known ?? tools.resolve(name);
    if (tool === undefined) return fail(events, "it names no tool of the request");
    const mendings = new Set<Mending>(known === undefined ? ["tool-name"] : []);
    const isText = tool.custom || start.block.custom === true;
    const verdict = isText ? ({ type: "fine" } as const) : checkArguments(textOf(events), tool.schema, compiler);
    if (verdict.type === "hopeless") return fail(events, verdict.reason);
    if (verdict.type === "mended") for (const mending of verdict.mendings) mendings.add(mending);
    for (const mending of mendings) onMending(mending);
    onCall(mendings.size > 0 ? "mended" : "fine");
    if (mendings.size === 0) return { events };
    const { index } = start;
    return {
      events: [
        known === undefined ? rename(start, tool) : start,
        ...(verdict.type === "mended"
          ? [{ type: "block-delta", index, text: verdict.text } as const]
          : events.filter(({ type }) => type === "block-delta")),
        { type: "block-stop", index },
      ],
    };
  }

  function fail(events: readonly ChatEvent[], why: string): JudgedCall {
    onCall("hopeless");
    return { events, reason: why };
  }

  function release(): void {
    const waiting = held ?? [];
    held = undefined;
    for (const one of waiting) {
      if ("type" in one) emit(one);
      else for (const event of one.events) emit(event);
    }
  }

  function finish(event: Extract<ChatEvent, { type: "finish" }>): void {
    // The limit cut it off, and would again.
    const last = held?.at(-1);
    if (event.reason === "length" && last !== undefined && "events" in last && last.reason !== undefined) {
      held?.pop();
      onMending("cut-off-call");
    }
    const hopeless = held?.find((one) => "events" in one && one.reason !== undefined);
    if (hopeless !== undefined && "events" in hopeless) reason = hopeless.reason;
    if (reason !== undefined) {
      onHopeless(reason);
      return;
    }
    release();
    emit(event);
  }

  return (event) => {
    if (givenUp) {
      emit(event);
      return;
    }
    if (call !== undefined && event.type !== "usage") {
      call.events.push(event);
      if (event.type === "block-delta") heldLength += event.text.length;
      if (event.type === "block-stop") {
        held?.push(judge(call));
        call = undefined;
      }
    } else if (event.type === "block-start" && event.block.type === "tool-call") {
      held ??= [];
      call = { start: event, events: [event] };
    } else if (event.type === "finish") finish(event);
    else if (held === undefined || event.type === "usage") emit(event);
    else {
      held.push(event);
      if (event.type === "block-delta") heldLength += event.text.length;
    }
    if (heldLength <= maxHeld) return;
    givenUp = true;
    if (call !== undefined) held?.push({ events: call.events });
    release();
  };
}

function textOf(events: readonly ChatEvent[]): string {
  return events.map((event) => (event.type === "block-delta" ? event.text : "")).join("");
}

function rename(start: BlockOpening, tool: KnownTool): BlockOpening {
  if (start.block.type !== "tool-call") return start;
  const { namespace: _namespace, ...block } = start.block;
  const named = { ...block, name: tool.name };
  return { ...start, block: tool.namespace === undefined ? named : { ...named, namespace: tool.namespace } };
}
