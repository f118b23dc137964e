import { expect, test } from "vitest";
import type { FunctionTool } from "@onerouter/protocols";
import { describeTool } from "./describe-tool.ts";
import { matchTools } from "./match-tools.ts";
import { rankTools } from "./rank-tools.ts";

const make = (name: string, description: string, properties: Record<string, unknown> = {}): FunctionTool => ({
  kind: "function",
  name,
  description,
  parameters: { type: "object", properties },
});

const tools = [
  make("mcp__github__create_issue", "Opens a new issue in a repository"),
  make("getWeatherNow", "Tells temperature and rain at a place", { city: { description: "Name of the town" } }),
  make("send_email", "Sends a message to a person"),
  make("list_issues", "Lists what is open in a repository"),
].map(describeTool);

test.each([
  ["weather forecasts", ["getWeatherNow"]],
  ["create issue", ["mcp__github__create_issue", "list_issues"]],
  ["town", ["getWeatherNow"]],
  ["nothing of the kind", []],
  ["", []],
])("words %j find %j", (query, names) => expect(rankTools(query, tools, 5)).toEqual(names));

test.each([
  ["^list_.*", ["list_issues"]],
  ["(?i)WEATHER", ["getWeatherNow"]],
  ["github|email", ["mcp__github__create_issue", "send_email"]],
  ["repository", ["mcp__github__create_issue", "list_issues"]],
  ["(", "invalid_pattern"],
  ["x".repeat(201), "pattern_too_long"],
])("the pattern %j finds %j", async (pattern, found) => expect(await matchTools(pattern, tools, 5)).toEqual(found));

test("a pattern that would never end is ended, and nobody waits for it meanwhile", async () => {
  const victim = [{ name: "a".repeat(60), text: "" }];
  let beats = 0;
  const heart = setInterval(() => beats++, 20);
  const found = await matchTools("^(a+)+!$", victim, 5);
  clearInterval(heart);
  expect(found).toBe("execution_time_exceeded");
  expect(beats).toBeGreaterThan(5);
});

test("no more tools are named than asked for", () => expect(rankTools("repository", tools, 1)).toHaveLength(1));
