import type { AnswerPart, ChatEvent, ContentPart, Message, ToolSearchPart, WebSearchPart } from "@onerouter/protocols";
import type { RoutePlan } from "../routing/route-plan.ts";
import { callOf, resultOf, type SearchNames } from "../server-tools/expand-searches.ts";
import { runCalls } from "../server-tools/run-calls.ts";
import type { OwnCall, ServerToolRound } from "../server-tools/server-tool-round.ts";
import type { Generation } from "./generation.ts";
import { runAttempts } from "./run-attempts.ts";

/**
 * Asks for the answer, and as long as the model calls tools that are the gateway's own, runs them and lets it go on, in the
 * same open answer. See docs/adr/0011-server-tools.md.
 */
export async function answerWithTools(generation: Generation, plan: RoutePlan): Promise<void> {
  let { candidates } = plan;
  for (;;) {
    if (!(await runAttempts(generation, { ...plan, candidates }))) return;
    const { round, continuation, continued } = generation;
    if (round === undefined || round.calls.length === 0) break;
    if (continuation.isLast) {
      pause(generation);
      break;
    }
    const goesOn = !round.hasClientCalls;
    const { shown } = continuation;
    continuation.shown = undefined;
    if (goesOn) continued.keep("further");
    const parts = await search(generation, round.calls);
    if (generation.aborted) return;
    for (const part of parts) show(generation, part);
    generation.answer.flush();
    if (!goesOn) break;
    continuation.turns.push(...tellTurn(round, shown?.text, parts, generation.emulation.names));
    if (!generation.recallPrompt()) throw new Error("the conversation is gone while a search goes on");
    const { candidate } = generation;
    if (candidate !== undefined) candidates = [candidate, ...plan.candidates.filter((other) => other !== candidate)];
  }
  tellEmulation(generation);
  generation.continued.complete();
}

/** The client's connection can end a search as it can end a call to an upstream. */
async function search(
  generation: Generation,
  calls: readonly OwnCall[],
): Promise<Array<WebSearchPart | ToolSearchPart>> {
  const controller = new AbortController();
  generation.upstream = { abort: () => controller.abort(), resume() {} };
  try {
    return await runCalls(calls, generation.continuation.tally, generation.context.newId(), controller.signal);
  } finally {
    generation.upstream = undefined;
  }
}

function show({ continued }: Generation, block: WebSearchPart | ToolSearchPart): void {
  // The continued answer numbers the blocks.
  continued.write({ type: "block-start", index: 0, block });
  continued.write({ type: "block-stop", index: 0 });
}

/** The turn as the client will tell it in its next request, in the words that searches are told to an upstream. */
function tellTurn(
  round: ServerToolRound,
  shown: string | undefined,
  searches: ReadonlyArray<WebSearchPart | ToolSearchPart>,
  names: SearchNames,
): Message[] {
  const ids = new Set(round.calls.map(({ id }) => id));
  const isOther = (part: AnswerPart): boolean => part.type !== "tool-call" || !ids.has(part.id);
  const said: ContentPart[] = round.parts().filter(isOther);
  // What another upstream has said of this turn.
  const before: ContentPart[] = shown === undefined ? [] : [{ type: "text", text: shown }];
  return [
    { role: "assistant", content: [...before, ...said, ...searches.map((part) => callOf(part, names))] },
    { role: "user", content: searches.map(resultOf) },
  ];
}

/** The model searches on and on: the client may let it go on with what it has. */
function pause({ continued }: Generation): void {
  const { finish } = continued;
  if (finish !== undefined) continued.write({ ...finish, reason: "pause" });
}

/** What the gateway did, where Anthropic tells it: searches among the usage, and edits; and what went wrong, for the record. */
function tellEmulation({ continuation: { tally }, emulation: { appliedEdits }, continued, receipt }: Generation): void {
  for (const problem of tally.problems) receipt.note("dropped", "web_search", problem);
  const { finish } = continued;
  if (finish === undefined || (tally.webSearches === 0 && appliedEdits === undefined)) return;
  const own: Record<string, unknown> = { ...finish.extensions?.["anthropic-messages"] };
  if (appliedEdits !== undefined) own.context_management = { applied_edits: appliedEdits };
  if (tally.webSearches > 0) {
    own.usage = { ...toObject(own.usage), server_tool_use: { web_search_requests: tally.webSearches } };
  }
  const event: ChatEvent = { ...finish, extensions: { ...finish.extensions, "anthropic-messages": own } };
  continued.write(event);
}

function toObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
