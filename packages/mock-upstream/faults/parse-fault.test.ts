import { expect, test } from "vitest";
import type { Fault } from "./fault.ts";
import { parseFaults, splitModel, UnknownFaultError } from "./parse-fault.ts";

test.each<[string, Fault]>([
  ["", {}],
  ["latency=300", { latency: 300 }],
  ["latency=300+ttft=5;rate=10", { latency: 300, ttft: 5, rate: 10 }],
  ["silence", { silence: { events: 0, ms: Infinity } }],
  ["silence=2,500", { silence: { events: 2, ms: 500 } }],
  ["silence=2,forever", { silence: { events: 2, ms: Infinity } }],
  ["cut=start", { cut: { at: "start" } }],
  ["cut=5", { cut: { at: "events", count: 5 } }],
  ["cut=100b", { cut: { at: "bytes", count: 100 } }],
  ["cut=40%", { cut: { at: "share", percent: 40 } }],
  ["end=4", { end: 4 }],
  ["status=429,7", { status: { code: 429, retryAfter: "7" } }],
  ["error=3", { error: { events: 3, type: "overloaded_error" } }],
  ["sse=crlf,comments+sse=no-space", { sse: ["crlf", "comments", "no-space"] }],
  ["args=trailing-comma+leak", { args: "trailing-comma", leak: { markup: "kimi", place: "content" } }],
  ["leak=k3", { leak: { markup: "k3", place: "content" } }],
  ["leak=reasoning", { leak: { markup: "kimi", place: "reasoning" } }],
  ["leak=deepseek-v3.1:cut", { leak: { markup: "deepseek-v3.1", place: "cut" } }],
  ["leak=mixed+args=mixed+calls=mixed", { leak: "mixed", args: "mixed", calls: "mixed" }],
  ["bad", { bad: 15 }],
  ["flaky", { flaky: { failed: 5, cut: 2 } }],
  ["flaky=20", { flaky: { failed: 20, cut: 2 } }],
  ["flaky=0,100", { flaky: { failed: 0, cut: 100 } }],
])("%s", (notation, fault) => {
  expect(parseFaults(notation)).toEqual(fault);
});

const misspelt = ["latncy=3", "latency", "latency=x", "cut=5x", "cut=101%", "args=odd", "sse=lf", "status"];

test.each([...misspelt, "flaky=much", "flaky=5,x", "flaky=99"])("refuses %s", (notation) => {
  expect(() => parseFaults(notation)).toThrow(UnknownFaultError);
});

test("splits the model from its faults", () => {
  expect(splitModel("moonshotai/kimi-k2-thinking+cut=5+latency=1")).toEqual({
    model: "moonshotai/kimi-k2-thinking",
    notation: "cut=5+latency=1",
  });
});
