import type { Conversation, Turn, TurnPart } from "./conversation.ts";

/** Ends the turn at a stop sequence or at `max_tokens`, in the middle of whatever it was saying, as a model would. */
export function limitTurn(turn: Turn, limits: Pick<Conversation, "maxTokens" | "stop">): Turn {
  return limitLength(stopAtSequence(turn, limits.stop), limits.maxTokens);
}

function stopAtSequence(turn: Turn, stop: string[]): Turn {
  if (stop.length === 0) return turn;
  const parts: TurnPart[] = [];
  for (const part of turn.parts) {
    const hit = part.type === "text" ? firstHit(part.text, stop) : undefined;
    if (part.type !== "text" || !hit) {
      parts.push(part);
      continue;
    }
    parts.push({ type: "text", text: part.text.slice(0, hit.at) });
    return { parts, finish: "stop", stoppedAt: hit.sequence };
  }
  return { ...turn, parts };
}

function firstHit(text: string, stop: string[]): { at: number; sequence: string } | undefined {
  const hits = stop.map((sequence) => ({ at: text.indexOf(sequence), sequence })).filter((hit) => hit.at >= 0);
  return hits.toSorted((a, b) => a.at - b.at)[0];
}

function limitLength(turn: Turn, maxTokens: number | undefined): Turn {
  if (maxTokens === undefined) return turn;
  let left = maxTokens * 4;
  const parts: TurnPart[] = [];
  for (const part of turn.parts) {
    const length = part.type === "call" ? part.argumentsText.length : part.text.length;
    if (length <= left) {
      parts.push(part);
      left -= length;
      continue;
    }
    if (left > 0) parts.push(shorten(part, left));
    return { parts, finish: "length" };
  }
  return { ...turn, parts };
}

function shorten(part: TurnPart, length: number): TurnPart {
  if (part.type === "call") return { ...part, argumentsText: part.argumentsText.slice(0, length) };
  return { ...part, text: part.text.slice(0, length) };
}
