import { expect, test } from "vitest";
import type { ProtocolName } from "./model/protocol.ts";
import { supportedParameters } from "./supported-parameters.ts";
import { generic } from "./vendors/generic.ts";
import { vendorProfiles } from "./vendors/index.ts";
import { profileForModel } from "./vendors/profile.ts";

function parametersOf(vendor: string, model: string, protocol: ProtocolName = "openai-chat"): string[] {
  return supportedParameters(protocol, profileForModel(vendorProfiles[vendor] ?? generic, model), model);
}

const always = ["max_tokens", "max_completion_tokens", "tools", "stop"];
const sampling = ["temperature", "top_p", "frequency_penalty", "presence_penalty", "seed"];

test("Kimi that always thinks has its sampling fixed and cannot be made to call a tool", () => {
  expect(parametersOf("moonshot", "kimi-k2-thinking")).toEqual([
    ...always,
    "seed",
    "response_format",
    "reasoning",
    "logprobs",
    "top_logprobs",
  ]);
});

test("a server of no particular make is believed what its protocol has, and no more", () => {
  expect(parametersOf("generic", "any")).toEqual([
    ...always,
    ...sampling,
    "tool_choice",
    "parallel_tool_calls",
    "response_format",
    "structured_outputs",
  ]);
});

test("a reasoning model of OpenAI's takes an effort, no temperature and no stop; Responses has no stop for any", () => {
  const parameters = parametersOf("openai", "gpt-5-mini");
  expect(parameters).toEqual(expect.arrayContaining(["reasoning", "reasoning_effort", "seed"]));
  expect(parameters).not.toContain("temperature");
  expect(parameters).not.toContain("stop");
  expect(parametersOf("openai", "gpt-4o")).toContain("stop");
  expect(parametersOf("openai", "gpt-4o", "openai-responses")).not.toContain("stop");
});

test.each([
  ["claude-sonnet-4-5", ["temperature", "top_p", "top_k", "reasoning"], ["seed", "response_format"]],
  ["claude-opus-4-8", ["reasoning"], ["temperature", "top_p", "top_k", "seed"]],
  ["claude-opus-5-5", ["reasoning", "tools"], ["tool_choice"]],
  ["claude-3-5-haiku", ["temperature"], ["reasoning"]],
])("%s over Messages takes %j and not %j", (model, some, none) => {
  const parameters = parametersOf("anthropic", model, "anthropic-messages");
  expect(parameters).toEqual(expect.arrayContaining(some));
  expect(parameters.filter((parameter) => none.includes(parameter))).toEqual([]);
});
