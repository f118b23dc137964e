import { expect, test } from "vitest";
import { seededRandom } from "../random-source.ts";
import { drawMixture } from "./draw-mixture.ts";
import type { Fault } from "./fault.ts";
import { leakMarkup } from "./leak-markup.ts";

test("a bad vendor spoils about so many percent, in every way, the same with the same seed", () => {
  const run = (): ReturnType<typeof drawMixture>[] => {
    const draw = seededRandom("vendor");
    return Array.from({ length: 1000 }, () => drawMixture({ bad: 15 }, draw));
  };
  const drawn = run();
  expect(drawn).toEqual(run());
  const spoilt = drawn.filter((fault) => fault.args !== undefined);
  expect(spoilt.length).toBeGreaterThan(110);
  expect(spoilt.length).toBeLessThan(190);
  expect(new Set(spoilt.map((fault) => fault.args)).size).toBe(9);
  expect(drawn.filter((fault) => fault.leak !== undefined).length).toBeGreaterThan(20);
  expect(new Set(drawn.map((fault) => fault.calls))).toEqual(
    new Set([undefined, "duplicate-ids", "no-id", "foreign-ids"]),
  );
});

test("what was asked for by name is not drawn anew", () => {
  const fault = { args: "fence", leak: { markup: "glm", place: "content" }, calls: "no-id" } as const;
  expect(drawMixture({ bad: 100, ...fault }, () => 0)).toEqual({ bad: 100, ...fault });
  const cut = { cut: { at: "events", count: 3 }, flaky: { failed: 100, cut: 0 } } as const;
  expect(drawMixture(cut, () => 0)).toEqual(cut);
});

test("a flaky provider fails about so many percent of the requests, in every way, and cuts answers anywhere", () => {
  const run = (): Fault[] => {
    const draw = seededRandom("provider");
    return Array.from({ length: 2000 }, () => drawMixture({ flaky: { failed: 5, cut: 2 } }, draw));
  };
  const drawn = run();
  expect(drawn).toEqual(run());
  const named = drawn.map(({ status, silence, cut }) => status?.code ?? (silence && "silence") ?? cut?.at ?? "none");
  const count = (name: string | number): number => named.filter((one) => one === name).length;
  const failed = [429, 500, 503, "start", "silence"].map(count);
  expect(Math.min(...failed)).toBeGreaterThan(8);
  const sum = failed.reduce((all, one) => all + one, 0);
  expect(sum).toBeGreaterThan(70);
  expect(sum).toBeLessThan(130);
  expect(count("share")).toBeGreaterThan(20);
  expect(count("share")).toBeLessThan(60);
  expect(count("none") + sum + count("share")).toBe(drawn.length);
});

const call = {
  type: "call" as const,
  name: "Bash",
  input: { command: "ls", n: 2 },
  argumentsText: '{"command":"ls","n":2}',
};

test.each([
  [
    "kimi",
    '<|tool_calls_section_begin|><|tool_call_begin|>functions.Bash:7<|tool_call_argument_begin|>{"command":"ls","n":2}<|tool_call_end|><|tool_calls_section_end|>',
  ],
  ["k3", '<|open|>Bash<|sep|>{"command":"ls","n":2}<|close|>'],
  [
    "glm",
    "<tool_call>Bash\n<arg_key>command</arg_key>\n<arg_value>ls</arg_value>\n<arg_key>n</arg_key>\n<arg_value>2</arg_value>\n</tool_call>",
  ],
  [
    "deepseek",
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>Bash\n```json\n{"command":"ls","n":2}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
  ],
  [
    "deepseek-v3.1",
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>Bash<｜tool▁sep｜>{"command":"ls","n":2}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
  ],
  [
    "dsml",
    '<｜DSML｜function_calls>\n<｜DSML｜invoke name="Bash">\n<｜DSML｜parameter name="command" string="true">ls</｜DSML｜parameter>\n<｜DSML｜parameter name="n" string="false">2</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>',
  ],
] as const)("leaked markup of %s", (markup, text) => {
  const [thought, leaked] = [
    { type: "reasoning" as const, text: "hm" },
    { type: "text" as const, text },
  ];
  expect(leakMarkup([thought, call], { markup, place: "content" }, ["functions.Bash:7"])).toEqual([thought, leaked]);
  expect(leakMarkup([thought, call], { markup, place: "reasoning" }, ["functions.Bash:7"])).toEqual([
    { type: "reasoning", text: `hm${text}` },
  ]);
});
