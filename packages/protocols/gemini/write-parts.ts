import type { ReasoningPart } from "../model/content.ts";
import type { EncodeAnswerContext } from "../protocol-contract.ts";
import { parseArguments } from "../tools/parse-arguments.ts";
import type { WireObject } from "../wire/json-object.ts";
import { carryThoughts } from "./carried-thoughts.ts";

/** Writes the parts of an answer. Thoughts travel in the signature of the visible part after them. */
export interface PartWriter {
  /** A piece of a thought as the client sees it; nothing for a client that has not asked for thoughts. */
  thought(text: string): WireObject | undefined;
  /** A thought is complete. */
  keep(thought: ReasoningPart): void;
  text(text: string): WireObject;
  call(id: string, name: string, args: string): WireObject;
  opaque(value: WireObject): WireObject;
  /** What no visible part came after. */
  rest(): WireObject | undefined;
}

/** @param context shows thoughts unless `echo` says that the request did not ask for them */
export function createPartWriter(context: EncodeAnswerContext): PartWriter {
  const shows = context.echo?.includeThoughts !== false;
  let kept: ReasoningPart[] = [];

  function signed(part: WireObject): WireObject {
    if (kept.length === 0) return part;
    const thoughtSignature = carryThoughts(kept);
    kept = [];
    return thoughtSignature === undefined ? part : { ...part, thoughtSignature };
  }

  return {
    thought: (text) => (shows && text !== "" ? { text, thought: true } : undefined),
    keep(thought) {
      kept.push(thought);
    },
    text: (text) => signed({ text }),
    call: (id, name, args) => signed({ functionCall: { id, name, args: parseArguments(args) } }),
    opaque: (value) => signed(value),
    rest: () => (kept.length === 0 ? undefined : signed({ text: "" })),
  };
}
