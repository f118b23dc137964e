import type { WireEvent } from "../answer.ts";
import type { Fault } from "../faults/fault.ts";
import { layOutTurn } from "../faults/lay-out-turn.ts";
import type { Stroke } from "../faults/lay-out-turn.ts";
import type { JsonObject } from "../json-object.ts";
import type { ChatDialect } from "./dialects/dialect.ts";
import { finishReason } from "./write-completion.ts";
import type { ChatReply } from "./write-completion.ts";
import { writeReasoningDelta } from "./write-reasoning.ts";
import type { ReasoningPiece } from "./write-reasoning.ts";

/** Writes a reply as the events of a chat stream (platform.openai.com/docs/api-reference/chat-streaming). */
export function writeChatStream(
  reply: ChatReply,
  dialect: ChatDialect,
  fault: Fault,
  includeUsage: boolean,
): WireEvent[] {
  const head = { id: reply.id, object: "chat.completion.chunk", created: reply.created, model: reply.model };
  const usage = dialect.usage(reply.usage);
  const event = (chunk: JsonObject, content = false): WireEvent => ({
    data: JSON.stringify({ ...head, ...chunk }),
    content,
  });
  const choose = (delta: JsonObject, finish: string | null = null, extra: JsonObject = {}) => ({
    choices: [{ index: 0, delta, finish_reason: finish, ...extra }],
  });
  const usageEvent = event({ choices: [], usage });
  const withRole = (delta: JsonObject) => (dialect.repeatsRole ? { role: "assistant", ...delta } : delta);

  const events: WireEvent[] = [];
  if (fault.usage === "early") events.push(usageEvent);
  events.push(event(choose({ role: "assistant", content: "" })));
  const strokes = layOutTurn(reply.turn, fault);
  const isWhole = dialect.wholeCalls === true || fault.args === "one";
  const deltas = strokes.flatMap((stroke, at) => {
    const piece = { isFirst: strokes[at - 1]?.type === "open", isLast: strokes[at + 1]?.type === "close" };
    return readDelta(stroke, reply, fault, isWhole, piece);
  });
  for (const [at, delta] of deltas.entries()) {
    if (fault.role && at === Math.floor(deltas.length / 2)) {
      events.push(event(choose({ role: "assistant", content: "" })));
    }
    events.push(event(choose(withRole(delta)), true));
  }
  const inChoice = dialect.usageInChoice && fault.usage !== "missing" ? { usage } : {};
  const inLast = dialect.usageInLast === true && fault.usage !== "missing" && fault.usage !== "early" ? { usage } : {};
  const ending = choose(
    dialect.repeatsRole ? withRole({ content: "" }) : {},
    finishReason(reply.turn, fault),
    inChoice,
  );
  events.push(event({ ...ending, ...inLast }));
  if (fault.after) events.push(event(choose(withRole({ content: " One more thing." })), true));
  if (includeUsage && dialect.usageInLast !== true && fault.usage !== "missing" && fault.usage !== "early") {
    events.push(usageEvent);
    if (fault.usage === "twice") events.push(usageEvent);
  }
  events.push({ data: "[DONE]", content: false });
  return events;
}

function readDelta(
  stroke: Stroke,
  reply: ChatReply,
  fault: Fault,
  isWhole: boolean,
  piece: ReasoningPiece,
): JsonObject[] {
  const part = reply.turn.parts[stroke.part];
  if (!part || stroke.type === "close") return [];
  if (part.type === "call") {
    const index = reply.turn.parts.slice(0, stroke.part).filter((one) => one.type === "call").length;
    if (stroke.type === "open") {
      const id = fault.calls === "no-id" ? {} : { id: reply.callIds[index] };
      const text = isWhole ? part.argumentsText : "";
      return [{ tool_calls: [{ index, ...id, type: "function", function: { name: part.name, arguments: text } }] }];
    }
    return isWhole ? [] : [{ tool_calls: [{ index, function: { arguments: stroke.text } }] }];
  }
  if (stroke.type === "open") return [];
  if (part.type === "text") return [{ content: stroke.text }];
  return [writeReasoningDelta(stroke.text, reply.reasoningForm, piece, reply.seal)].filter(
    (delta) => delta !== undefined,
  );
}
