import { expect, test } from "vitest";
import { vendorProfiles } from "./index.ts";
import { profileForModel, type VendorProfile } from "./profile.ts";

function at(vendor: string, model: string): VendorProfile {
  const profile = vendorProfiles[vendor];
  if (profile === undefined) throw new Error(vendor);
  return profileForModel(profile, model);
}

test("every profile stands under its own name and can be refined twice", () => {
  for (const [name, profile] of Object.entries(vendorProfiles)) {
    expect(profile.name).toBe(name === "llama.cpp" ? "llamacpp" : name);
    const refined = profileForModel(profile, "kimi-k3");
    expect(profileForModel(refined, "kimi-k3")).toEqual(refined);
  }
});

test.each([
  ["kimi-k2-thinking", false, "tool-turns", "none", false],
  ["kimi-k2-thinking-turbo", false, "tool-turns", "none", false],
  ["moonshotai/Kimi-K2-Thinking", false, "tool-turns", "none", false],
  ["kimi-k2.5", true, "tool-turns", "thinking-type", true],
  ["kimi-k2.6", true, "all", "thinking-type", true],
  ["kimi-k2.7-code", false, "all", "none", true],
  ["kimi-k3", false, "all", "reasoning-effort", true],
  ["kimi-k2-0905-preview", true, "none", "none", false],
  ["kimi-k2-0711-preview", true, "none", "none", false],
  ["moonshot-v1-128k", true, "none", "none", false],
])("%s", (model, thinkingCanBeOff, reasoningReplay, thinkingSwitch, images) => {
  expect(at("moonshot", model)).toMatchObject({
    thinkingCanBeOff,
    reasoningReplay,
    thinkingSwitch,
    images,
    toolCallIdForm: "functions-index",
    maxTools: 128,
    express: false,
  });
});

test.each([
  ["gemini-2.0-flash", "none", true, false, "openapi"],
  ["gemini-2.5-flash", { least: 1, most: 24_576 }, true, false, undefined],
  ["gemini-2.5-flash-lite", { least: 512, most: 24_576 }, true, false, undefined],
  ["gemini-2.5-pro", { least: 128, most: 32_768 }, false, false, undefined],
  ["gemini-3-pro-preview", "level", false, true, undefined],
  ["models/gemini-3-flash", "level", false, true, undefined],
  ["gemini-4-pro", "level", false, true, undefined],
])("%s", (model, thinkingMeasure, thinkingCanBeOff, callsNeedSignature, toolSchemas) => {
  const profile = at("google", model);
  expect(profile).toMatchObject({ thinkingMeasure, thinkingCanBeOff });
  expect([profile.callsNeedSignature ?? false, profile.toolSchemas]).toEqual([callsNeedSignature, toolSchemas]);
});

test.each([
  ["gemini-3-pro-preview", true],
  ["google/gemini-3.1-flash", true],
  ["gemini-2.5-pro", undefined],
  ["some-model", undefined],
])("at a server that nobody knows the calls of %s need their signature: %s", (model, callsNeedSignature) => {
  expect(at("generic", model).callsNeedSignature).toBe(callsNeedSignature);
});

test("Gemini 3 Flash has a level below Pro's, 3.1 Pro one between", () => {
  const levels = (model: string) => [at("google", model).efforts?.minimal, at("google", model).efforts?.medium];
  expect(levels("gemini-3-pro-preview")).toEqual(["low", "high"]);
  expect(levels("gemini-3.1-pro-preview")).toEqual(["low", "medium"]);
  expect(levels("gemini-3-flash-preview")).toEqual(["minimal", "medium"]);
});

test("models that do not think may be sampled", () => {
  expect(at("moonshot", "kimi-k2-0905-preview").fixedSampling).toEqual([]);
  expect(at("moonshot", "kimi-k2-thinking").fixedSampling).toContain("temperature");
  expect(at("openai", "gpt-4o").fixedSampling).toEqual([]);
  expect(at("openai", "o4-mini").fixedSampling).toContain("temperature");
});

test("dialects that clients do not expect take no express lane", () => {
  const express = Object.entries(vendorProfiles).flatMap(([name, profile]) => (profile.express ? [name] : []));
  expect(express.sort()).toEqual(["anthropic", "generic", "openai"]);
});

test("only Anthropic checks signatures", () => {
  for (const profile of Object.values(vendorProfiles)) {
    expect(profile.verifiesSignatures).toBe(profile.name === "anthropic");
    if (profile.verifiesSignatures) expect(profile.takesUnsignedThinking).toBe(false);
  }
});
