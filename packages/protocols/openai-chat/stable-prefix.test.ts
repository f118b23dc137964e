import fc from "fast-check";
import { expect, test } from "vitest";
import type { Message } from "../model/chat-request.ts";
import type { ContentPart, ToolResultPart } from "../model/content.ts";
import { vendorProfiles } from "../vendors/index.ts";
import { assistant, call, messagesFor, result, system, text, thought, user } from "./__fixtures__/messages.ts";
import { encodeFor, requestOf, toolOf } from "./__fixtures__/requests.ts";

// A conversation in the form that one request happens to give it: marks move, old turns change between string and parts.
const word = fc.string({ minLength: 1, maxLength: 8 });
const step = fc.record({
  thought: fc.option(word),
  say: fc.option(word),
  calls: fc.array(fc.record({ name: fc.constantFrom("Bash", "Read"), result: word, isError: fc.boolean() }), {
    maxLength: 3,
  }),
  reminder: fc.option(word),
  ask: word,
});
const tools = ["Bash", "Read", "Later", "Never"].map((name) =>
  toolOf(name, { deferred: name.startsWith("Later") || name === "Never" }),
);

interface Step {
  thought: string | null;
  say: string | null;
  calls: Array<{ name: string; result: string; isError: boolean }>;
  reminder: string | null;
  ask: string;
}

function renderTurn(one: Step, turn: number, marked: boolean): Message[] {
  const cache = marked ? { cache: { ttl: "5m" as const } } : {};
  const messages: Message[] = [];
  const content: ContentPart[] = [];
  if (one.thought !== null) content.push(thought(one.thought));
  if (one.say !== null) content.push({ ...text(one.say), ...cache });
  for (const [at, each] of one.calls.entries()) content.push(call(`toolu_${turn}_${at}`, each.name, `{"n":${at}}`));
  if (content.length > 0) messages.push(assistant(...content));
  if (one.reminder !== null) messages.push(system(one.reminder));
  const results = one.calls.map((each, at): ToolResultPart => ({
    ...result(`toolu_${turn}_${at}`, each.result, { isError: each.isError }),
    ...cache,
  }));
  // Split over two messages or in one: Claude Code does both.
  const asked = { ...text(one.ask), ...cache };
  if (results.length === 0) messages.push(user(asked));
  else if (turn % 2 === 0) messages.push(user(...results, asked));
  else messages.push(user(...results), user(asked));
  return messages;
}

test.each([
  ["moonshot", "kimi-k2-thinking"],
  ["moonshot", "kimi-k3"],
  ["deepseek", "deepseek-v4-pro"],
  ["zai", "glm-5.2"],
  ["openai", "gpt-5.1"],
  ["generic", "anything"],
])("what %s %s was sent is a prefix of what it is sent one turn later (T20)", (vendor, model) => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 2, maxLength: 6 }),
      fc.infiniteStream(fc.boolean()),
      fc.nat(),
      (steps, marks, load) => {
        let before = "";
        let toolsBefore = "";
        for (let turns = 1; turns <= steps.length; turns++) {
          const marked = () => marks.next().value === true;
          const messages = [user({ ...text("hello"), ...(marked() ? { cache: { ttl: "5m" as const } } : {}) })];
          for (const [turn, one] of steps.slice(0, turns).entries()) {
            messages.push(...renderTurn(one, turn, marked()));
            if (turn === load % steps.length) {
              messages.push(
                assistant(call(`toolu_s${turn}`, "ToolSearch")),
                user(result(`toolu_s${turn}`, "", { content: [{ type: "tool-reference", name: "Later" }] })),
              );
            }
          }
          const { body } = encodeFor(
            vendor,
            model,
            requestOf({
              messages,
              tools,
              system: [{ ...text("You are"), ...(marked() ? { cache: { ttl: "5m" as const } } : {}) }],
            }),
          );
          const now = JSON.stringify(body.messages).slice(0, -1);
          const toolsNow = JSON.stringify(body.tools).slice(0, -1);
          expect(now.startsWith(before)).toBe(true);
          expect(toolsNow.startsWith(toolsBefore)).toBe(true);
          before = now;
          toolsBefore = toolsNow;
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("every profile's encoder answers each call once, right after it", () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 5 }),
      fc.constantFrom(...Object.keys(vendorProfiles)),
      (steps, vendor) => {
        const messages = [user(text("hello")), ...steps.flatMap((one, turn) => renderTurn(one, turn, false))];
        const seen = new Set<string>();
        let open: string[] = [];
        for (const message of messagesFor(vendor, "kimi-k2-thinking", messages)) {
          if (message.role === "tool") expect(message.tool_call_id).toBe(open.shift());
          else {
            expect(open).toEqual([]);
            open = message.tool_calls?.map((one) => one.id) ?? [];
            for (const id of open) expect(seen.has(id)).toBe(false);
            for (const id of open) seen.add(id);
          }
        }
        expect(open).toEqual([]);
      },
    ),
    { numRuns: 100 },
  );
});
