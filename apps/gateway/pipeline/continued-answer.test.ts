import { noUsage, type ChatEvent } from "@onerouter/protocols";
import { checkEvents } from "@onerouter/protocols/grammar/index";
import { beforeEach, expect, test } from "vitest";
import { ContinuedAnswer } from "./continued-answer.ts";

let events: ChatEvent[];
beforeEach(() => void (events = []));

const open = (folded = false): ContinuedAnswer => new ContinuedAnswer((event) => events.push(event), folded);
const start: ChatEvent = { type: "start", id: "a", model: "m" };
const finish = (outputTokens: number, reason: "stop" | "tool-calls" = "stop"): ChatEvent => ({
  type: "finish",
  reason,
  usage: { ...noUsage, inputTokens: 100, outputTokens, reasoningTokens: 1 },
});

function block(index: number, type: "text" | "reasoning" | "tool-call", text: string): ChatEvent[] {
  return [
    {
      type: "block-start",
      index,
      block: type === "tool-call" ? { type, id: `call_abcd${text}`, name: "Bash" } : { type },
    },
    { type: "block-delta", index, text },
    { type: "block-stop", index },
  ];
}

function write(answer: ContinuedAnswer, ...written: readonly ChatEvent[]): void {
  for (const event of written) answer.write(event);
}

/** What was told, block by block. */
function texts(): string[] {
  const result: string[] = [];
  for (const event of events) {
    if (event.type === "block-start") result.push(`${event.index} ${event.block.type} `);
    if (event.type === "block-delta") result.push(`${result.pop() ?? ""}${event.text}`);
  }
  return result;
}

test("one call: its own events, the very same objects", () => {
  const answer = open();
  const call = [start, ...block(0, "text", "hello"), finish(3)];
  answer.begin();
  write(answer, ...call);
  expect(events).toEqual(call.slice(0, -1));
  answer.complete();
  expect(events.map((event, at) => event === call[at])).toEqual(call.map(() => true));
});

test.each([false, true])(
  "several calls make one answer, with blocks of the gateway between them (folded: %s)",
  (folded) => {
    const answer = open(folded);
    answer.begin();
    write(answer, start, ...block(0, "reasoning", "hm"), ...block(1, "text", "I search."), finish(3, "tool-calls"));
    answer.keep("further");
    write(answer, {
      type: "block-start",
      index: 0,
      block: { type: "web-search", id: "s", query: "q", results: [] },
    });
    write(answer, { type: "block-stop", index: 0 });
    answer.begin();
    expect([answer.isContinued, answer.written]).toEqual([true, false]);
    write(answer, start, ...block(0, "reasoning", "aha"), ...block(1, "text", "Found."), finish(5));
    expect(answer.written).toBe(!folded);
    answer.complete();
    expect(checkEvents(events)).toEqual([]);
    expect(texts()).toEqual([
      "0 reasoning hm",
      "1 text I search.",
      "2 web-search ",
      "3 reasoning aha",
      "4 text Found.",
    ]);
    // The prompt is the latest one's, which is the length of the conversation; the output is what was generated.
    expect(events.at(-1)).toEqual({
      type: "finish",
      reason: "stop",
      usage: { ...noUsage, inputTokens: 100, outputTokens: 8, reasoningTokens: 2 },
    });
  },
);

test.each([false, true])("a later call that fails leaves nothing behind (folded: %s)", (folded) => {
  const answer = open(folded);
  answer.begin();
  write(answer, start, ...block(0, "text", "first"), finish(3));
  answer.keep("further");
  answer.begin();
  write(answer, start, ...(folded ? block(0, "text", "half of").slice(0, 2) : []));
  expect(answer.written).toBe(false);
  answer.begin();
  write(answer, start, ...block(0, "text", "second"), finish(3));
  answer.complete();
  expect(checkEvents(events)).toEqual([]);
  expect(texts()).toEqual(["0 text first", "1 text second"]);
});

test("a turn told again: a text that was shown is not shown twice, the thought that led to the call is shown", () => {
  const answer = open();
  answer.begin();
  write(answer, start, ...block(0, "reasoning", "hm"), ...block(1, "text", "I look."), finish(3));
  answer.keep("again");
  answer.begin();
  write(answer, start, ...block(0, "reasoning", "well"), ...block(1, "text", "I will look."));
  write(answer, ...block(2, "tool-call", "{}"), ...block(3, "text", "and more"), finish(4, "tool-calls"));
  answer.complete();
  expect(checkEvents(events)).toEqual([]);
  // What the call came of was not thought before: upstreams want it back with the call.
  expect(texts()).toEqual([
    "0 reasoning hm",
    "1 text I look.",
    "2 reasoning well",
    "3 tool-call {}",
    "4 text and more",
  ]);
});

test("a turn told again: text that was not shown the first time is", () => {
  const answer = open();
  answer.begin();
  write(answer, start, ...block(0, "reasoning", "hm"), finish(3));
  answer.keep("again");
  answer.begin();
  write(
    answer,
    start,
    ...block(0, "reasoning", "well"),
    ...block(1, "text", "I look."),
    ...block(2, "tool-call", "{}"),
  );
  write(answer, finish(4, "tool-calls"));
  answer.complete();
  expect(checkEvents(events)).toEqual([]);
  expect(texts()).toEqual(["0 reasoning hm", "1 reasoning well", "2 text I look.", "3 tool-call {}"]);
});

test("a turn told again that now calls nothing: all of it is the answer", () => {
  const answer = open();
  answer.begin();
  write(answer, start, ...block(0, "text", "I look."), finish(3));
  answer.keep("again");
  answer.begin();
  write(answer, start, ...block(0, "reasoning", "no need"), ...block(1, "text", "It is 4."), finish(4));
  answer.complete();
  expect(checkEvents(events)).toEqual([]);
  expect(texts()).toEqual(["0 text I look.", "1 reasoning no need", "2 text It is 4."]);
});

test("a call of which nothing was shown is void, but its output is counted", () => {
  const answer = open();
  answer.begin();
  write(answer, start, finish(3));
  answer.discard();
  answer.begin();
  expect(answer.isContinued).toBe(false);
  write(answer, start, ...block(0, "text", "well"), finish(4));
  answer.complete();
  expect(texts()).toEqual(["0 text well"]);
  expect(events.at(-1)).toMatchObject({ usage: { inputTokens: 100, outputTokens: 7 } });
});

test("a text gone on with that leads to a call: the thought stands behind the text and before its call", () => {
  const answer = open();
  answer.begin();
  write(answer, start, ...block(0, "reasoning", "hm"), ...block(1, "text", "I look").slice(0, 2));
  answer.goOn("on", { ...noUsage, outputTokens: 3 });
  answer.begin();
  write(answer, start, ...block(0, "reasoning", "well"), ...block(1, "text", " here."));
  write(answer, ...block(2, "tool-call", "{}"), finish(4, "tool-calls"));
  answer.complete();
  expect(checkEvents(events)).toEqual([]);
  expect(texts()).toEqual(["0 reasoning hm", "1 text I look here.", "2 reasoning well", "3 tool-call {}"]);
  expect(events.at(-1)).toMatchObject({ usage: { inputTokens: 100, outputTokens: 7 } });
});

test("a text gone on with that leads to nothing: its second thought is not shown, nor that of a call that died", () => {
  const answer = open();
  answer.begin();
  write(answer, start, ...block(0, "reasoning", "hm"), ...block(1, "text", "I").slice(0, 2));
  for (const word of [" look", " here"]) {
    answer.goOn("on", noUsage);
    answer.begin();
    write(answer, start, ...block(0, "reasoning", "well"), ...block(1, "text", word).slice(0, 2));
  }
  write(answer, { type: "block-stop", index: 1 }, finish(4));
  answer.complete();
  expect(checkEvents(events)).toEqual([]);
  expect(texts()).toEqual(["0 reasoning hm", "1 text I look here"]);
});
