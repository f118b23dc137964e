import { expect, test } from "vitest";
import { createReceipt } from "../receipt.ts";
import { createToolNames } from "./tool-names.ts";

const formOf = (maxLength: number) => ({
  legal: new RegExp(`^[a-zA-Z][a-zA-Z0-9_-]{0,${maxLength - 1}}$`),
  illegal: /[^a-zA-Z0-9_-]/g,
  maxLength,
});
const names = (maxLength = 64) => createToolNames(formOf(maxLength), createReceipt());

test("legal names are kept, others become legal and stay apart, the same every time", () => {
  expect(names().toWire("mcp__server__tool-1")).toBe("mcp__server__tool-1");
  const dotted = names().toWire("a.b/c");
  expect(dotted).toMatch(/^a_b_c_[0-9a-f]{8}$/);
  expect(names().toWire("a.b/c")).toBe(dotted);
  expect(names().toWire("a.b-c")).not.toBe(dotted);
  expect(names().toWire("9lives")).toMatch(/^t_9lives_[0-9a-f]{8}$/);
  const long = `mcp__${"x".repeat(80)}`;
  expect(names().toWire(`${long}1`)).toMatch(/^[a-zA-Z0-9_-]{64}$/);
  expect(names().toWire(`9${long}`)).toMatch(/^[a-zA-Z][a-zA-Z0-9_-]{63}$/);
  expect(names().toWire(`${long}1`)).not.toBe(names().toWire(`${long}2`));
  expect(names(128).toWire(long)).toBe(long);
});

test("a namespace stands before its tool's name, and both come back", () => {
  const given = names();
  expect(given.toWire("spawn", "agents")).toBe("agents__spawn");
  expect(given.toWire("spawn", "agents")).toBe("agents__spawn");
  given.mark("patch", undefined, "custom");
  given.mark("edit", "files", "custom");
  given.mark("find", undefined, "toolSearch");
  expect(given.origins).toEqual(
    new Map<string, object>([
      ["agents__spawn", { name: "spawn", namespace: "agents" }],
      ["patch", { name: "patch", custom: true }],
      ["files__edit", { name: "edit", namespace: "files", custom: true }],
      ["find", { name: "find", toolSearch: true }],
    ]),
  );
});

test("tools whose namespaces end at different places stay two tools", () => {
  const given = names();
  const wireNames = [given.toWire("c", "a__b"), given.toWire("b__c", "a"), given.toWire("a__b__c")];
  expect(wireNames[0]).toBe("a__b__c");
  expect(new Set(wireNames).size).toBe(3);
  expect(given.origins.get(wireNames[1] ?? "")).toEqual({ name: "b__c", namespace: "a" });
  expect(given.origins.get(wireNames[2] ?? "")).toEqual({ name: "a__b__c" });
});
