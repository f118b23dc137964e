import type { CallPart, Turn, TurnPart } from "../agent/conversation.ts";
import type { WireEvent } from "../answer.ts";
import type { Fault } from "../faults/fault.ts";
import { layOutTurn } from "../faults/lay-out-turn.ts";
import type { Stroke } from "../faults/lay-out-turn.ts";
import { isObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";

/** Tokens of one answer; Google counts thoughts beside the candidate, not in it. */
export type GeminiUsage = { prompt: number; cached: number; candidate: number; thoughts: number };

/** What a part needs beside its text: the id of a call, its signature. */
export type PartMark = { id?: string; signature?: string };

/** A finished reply, before it is written in one of its two forms. `marks` go with the turn's parts. */
export type GeminiReply = {
  id: string;
  model: string;
  turn: Turn;
  marks: PartMark[];
  showsThoughts: boolean;
  usage: GeminiUsage;
};

/** Writes a reply as one GenerateContentResponse (ai.google.dev/api/generate-content). */
export function writeGeminiAnswer(reply: GeminiReply, fault: Fault): JsonObject {
  const parts = reply.turn.parts.flatMap((part, index) => writePart(reply, part, index));
  return chunk(reply, fault, parts, finishReason(reply.turn, fault), fault.usage !== "missing");
}

/** Writes a reply as the chunks of a stream. Calls come whole, and every chunk has a usage as far as it is known. */
export function writeGeminiStream(reply: GeminiReply, fault: Fault): WireEvent[] {
  const events: WireEvent[] = [];
  const send = (parts: JsonObject[], finish?: string, withUsage = false) =>
    events.push({
      data: JSON.stringify(chunk(reply, fault, parts, finish, withUsage)),
      content: parts.length > 0,
    });
  if (fault.usage === "early") send([], undefined, true);
  const strokes = layOutTurn(reply.turn, fault);
  for (const [at, stroke] of strokes.entries()) {
    if (fault.role && at === Math.floor(strokes.length / 2)) send([]);
    const parts = writeStroke(reply, stroke);
    if (parts.length > 0) send(parts);
  }
  // The finish comes with a last, often empty, text part; a signature of the whole answer hangs on it.
  const last = reply.turn.parts.at(-1);
  const mark = reply.marks[reply.turn.parts.length - 1];
  const ending = last?.type === "text" ? [{ text: "", ...signed(mark) }] : [];
  send(ending, finishReason(reply.turn, fault), fault.usage !== "missing" && fault.usage !== "early");
  if (fault.usage === "twice") send([], undefined, true);
  if (fault.after) send([{ text: " One more thing." }]);
  return events;
}

function chunk(
  reply: GeminiReply,
  fault: Fault,
  parts: JsonObject[],
  finish: string | undefined,
  withUsage: boolean,
): JsonObject {
  const content = parts.length > 0 || finish === undefined || !fault.empty ? { content: { parts, role: "model" } } : {};
  return {
    candidates: [
      {
        ...content,
        ...(finish === undefined ? {} : { finishReason: finish }),
        index: 0,
        ...(finish === undefined ? {} : grounding(reply.turn)),
      },
    ],
    ...(withUsage ? { usageMetadata: writeUsage(reply.usage) } : {}),
    modelVersion: reply.model,
    responseId: reply.id,
  };
}

function writePart(reply: GeminiReply, part: TurnPart, index: number): JsonObject[] {
  const mark = reply.marks[index] ?? {};
  switch (part.type) {
    case "reasoning":
      return reply.showsThoughts ? [{ text: part.text, thought: true }] : [];
    case "text":
      return [{ text: part.text, ...signed(mark) }];
    case "call":
      return writeCall(part, mark);
    case "search":
      return [];
  }
}

function writeStroke(reply: GeminiReply, stroke: Stroke): JsonObject[] {
  const part = reply.turn.parts[stroke.part];
  if (part?.type === "call") return stroke.type === "open" ? writePart(reply, part, stroke.part) : [];
  if (!part || stroke.type !== "grow") return [];
  if (part.type === "text") return [{ text: stroke.text }];
  return part.type === "reasoning" && reply.showsThoughts ? [{ text: stroke.text, thought: true }] : [];
}

/** The call as Google sends it, or nothing: arguments are an object on this wire, and what does not parse is none. */
function writeCall(part: CallPart, mark: PartMark): JsonObject[] {
  const args = parse(part.argumentsText);
  if (args === undefined) return [];
  const { id } = mark;
  return [{ functionCall: { ...(id === undefined ? {} : { id }), name: part.name, args }, ...signed(mark) }];
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function signed(mark: PartMark | undefined): JsonObject {
  return mark?.signature === undefined ? {} : { thoughtSignature: mark.signature };
}

function grounding(turn: Turn): JsonObject {
  const search = turn.parts.find((part) => part.type === "search");
  if (!search) return {};
  const text = turn.parts.find((part) => part.type === "text")?.text ?? "";
  const [first] = search.sources;
  const startIndex = first ? Buffer.byteLength(text.slice(0, text.indexOf(first.title))) : 0;
  return {
    groundingMetadata: {
      webSearchQueries: [search.text],
      searchEntryPoint: { renderedContent: "<div>mock</div>" },
      groundingChunks: search.sources.map(({ url, title }) => ({ web: { uri: url, title } })),
      groundingSupports: first
        ? [
            {
              segment: { startIndex, endIndex: startIndex + Buffer.byteLength(first.title), text: first.title },
              groundingChunkIndices: [0],
            },
          ]
        : [],
    },
  };
}

function finishReason(turn: Turn, fault: Fault): string {
  if (fault.finish !== undefined) return fault.finish;
  if (turn.parts.some((part) => part.type === "call" && parse(part.argumentsText) === undefined)) {
    return "MALFORMED_FUNCTION_CALL";
  }
  return turn.finish === "length" ? "MAX_TOKENS" : "STOP";
}

function writeUsage(usage: GeminiUsage): JsonObject {
  return {
    promptTokenCount: usage.prompt,
    candidatesTokenCount: usage.candidate,
    totalTokenCount: usage.prompt + usage.candidate + usage.thoughts,
    ...(usage.cached > 0 ? { cachedContentTokenCount: usage.cached } : {}),
    promptTokensDetails: [{ modality: "TEXT", tokenCount: usage.prompt }],
    ...(usage.thoughts > 0 ? { thoughtsTokenCount: usage.thoughts } : {}),
  };
}
