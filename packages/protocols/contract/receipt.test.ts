import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RequestError } from "../model/error.ts";
import type { ProtocolName } from "../model/protocol.ts";
import { protocolFor } from "../protocols.ts";
import { createReceipt } from "../receipt.ts";
import { canReason } from "../supported-parameters.ts";
import { vendorProfiles } from "../vendors/index.ts";
import { profileForModel, type VendorProfile } from "../vendors/profile.ts";
import { origin, testSealer } from "./__fixtures__/answers.ts";
import { messagesBase, messagesFields } from "./__fixtures__/documented-fields/anthropic-messages.ts";
import type { Body, DocumentedField } from "./__fixtures__/documented-fields/documented-field.ts";
import { geminiBase, geminiFields } from "./__fixtures__/documented-fields/gemini.ts";
import { chatBase, chatFields } from "./__fixtures__/documented-fields/openai-chat.ts";
import { responsesBase, responsesFields } from "./__fixtures__/documented-fields/openai-responses.ts";
import { profileOf } from "./__fixtures__/requests.ts";

/*
 * Every documented field of every valid request is upstream or on the receipt. A field is upstream when each text of it is
 * there, and when the request without it would be sent otherwise; else the receipt has to name it.
 */

const clients: ReadonlyArray<{ name: ProtocolName; base: Body; fields: readonly DocumentedField[] }> = [
  { name: "openai-chat", base: chatBase, fields: chatFields },
  { name: "anthropic-messages", base: messagesBase, fields: messagesFields },
  { name: "openai-responses", base: responsesBase, fields: responsesFields },
  { name: "gemini", base: geminiBase, fields: geminiFields },
];

/** Models that take their fields in as many ways as there are. */
const models: Readonly<Record<string, readonly string[]>> = {
  anthropic: ["claude-sonnet-4-5", "claude-opus-4-6", "claude-3-5-haiku-latest"],
  moonshot: ["kimi-k2-thinking", "kimi-k2.6", "kimi-k3", "kimi-k2-0905-preview"],
  deepseek: ["deepseek-chat", "deepseek-v4-pro"],
  zai: ["glm-4.7", "glm-5.2"],
  openai: ["gpt-4o", "gpt-5.5", "o4-mini"],
  google: ["gemini-2.5-pro", "gemini-3-pro-preview"],
};

interface Target {
  name: string;
  protocol: ProtocolName;
  vendor: string;
  model: string;
}

const upstreams: readonly ProtocolName[] = ["openai-chat", "anthropic-messages", "openai-responses", "gemini"];

/** Every vendor in every protocol. */
const targets: readonly Target[] = upstreams.flatMap((protocol) =>
  Object.keys(vendorProfiles).flatMap((vendor) =>
    (models[vendor] ?? ["some-model"]).map((model) => ({
      name: `${vendor} ${model} in ${protocol}`,
      protocol,
      vendor,
      model,
    })),
  ),
);

interface Sent {
  /** The body and the headers, as text. */
  text: string;
  noted: string[];
}

type Client = (typeof clients)[number];

/** A field, without one of its details if that is named. */
interface Part {
  field: DocumentedField;
  without?: string;
}

/** What is sent of these fields; undefined when the request is refused by name, which loses nothing. */
function send(client: Client, parts: readonly Part[], target: Target): Sent | undefined {
  const body = structuredClone(client.base);
  for (const { field, without } of parts) field.add(body, markOf(client, field), without);
  const receipt = createReceipt();
  const at = { profile: profileOf(target.vendor), upstreamModel: target.model, origin, sealer: testSealer(), receipt };
  // Not caught: every request here is valid.
  const request = protocolFor(client.name).decodeRequest(body);
  try {
    const encoded = protocolFor(target.protocol).encodeRequest(request, at);
    const text = JSON.stringify([encoded.body, encoded.headers, request.stream]);
    return { text, noted: receipt.entries.map(({ field }) => field) };
  } catch (error) {
    if (error instanceof RequestError && error.error.param !== undefined) return undefined;
    throw error;
  }
}

/** No mark is part of another one. */
function markOf({ fields }: Client, field: DocumentedField): string {
  return `Mark${100 + fields.indexOf(field)}`;
}

/** The fields of a request that are neither upstream nor on its receipt. */
function findLosses(client: Client, fields: readonly DocumentedField[], target: Target): string[] {
  const parts = fields.map((field) => ({ field }));
  const whole = send(client, parts, target);
  if (whole === undefined) return [];
  const isNoted = (noted: RegExp) => whole.noted.some((name) => noted.test(name) || name === "*");
  const isWithoutEffect = (others: readonly Part[]) => send(client, others, target)?.text === whole.text;
  const lost: string[] = [];
  for (const field of fields) {
    if (isNoted(field.noted) || isFulfilled(field, fields, target)) continue;
    const missing = textsOf(client, field).filter((text) => !isSent(text, whole));
    if (missing.length > 0) lost.push(`${field.name}: ${missing.join(", ")}`);
    else if (!fields.some(({ needs }) => needs?.includes(field.name) === true)) {
      if (isWithoutEffect(parts.filter((other) => other.field !== field))) lost.push(`${field.name}: without effect`);
    }
    for (const [without, noted] of Object.entries(field.details ?? {})) {
      if (isNoted(noted)) continue;
      const others = parts.map((other) => (other.field === field ? { field, without } : other));
      if (isWithoutEffect(others)) lost.push(`${field.name}: ${without} without effect`);
    }
  }
  return lost;
}

/** Texts of documents may be sent as bytes. */
function isSent(mark: string, { text }: Sent): boolean {
  return text.includes(mark) || text.includes(Buffer.from(mark).toString("base64"));
}

/** The marked texts of a field. */
function textsOf(client: Client, field: DocumentedField): string[] {
  const alone = structuredClone(client.base);
  field.add(alone, markOf(client, field));
  return [...new Set(JSON.stringify(alone).match(new RegExp(`${markOf(client, field)}[a-z]`, "g")))];
}

/** A wish that the model fulfils anyway: to think, of one that always does, or not to, of one that never does. */
function isFulfilled(
  { wish }: DocumentedField,
  others: readonly DocumentedField[],
  { protocol, vendor, model }: Target,
): boolean {
  const profile = profileForModel(profileOf(vendor), model, protocol);
  if (wish === "think")
    return !profile.thinkingCanBeOff || thinksUnasked(profile) || others.some(({ implies }) => implies === wish);
  // There, thoughts are shown to those who ask for them.
  if (wish === "hide-thoughts") return protocol === "openai-responses" || protocol === "gemini";
  if (wish !== "do-not-think") return false;
  // GPT-5.5 does not think beside tools in chat.
  return profile.toolsWhileThinking === "without-thinking" || !canReason(protocol, profile, model);
}

function thinksUnasked({ thinkingSwitch, thinkingFields, efforts }: VendorProfile): boolean {
  return thinkingFields !== undefined || (thinkingSwitch === "reasoning-effort" && efforts?.medium === undefined);
}

/** Fields that can stand in one request, in the order of the list. */
function choose(all: readonly DocumentedField[], picks: readonly DocumentedField[]): DocumentedField[] {
  const names = new Set(picks.flatMap(({ name, needs = [] }) => [name, ...needs]));
  const groups = new Set<string>();
  const chosen: DocumentedField[] = [];
  const needed = new Set(picks.flatMap(({ needs = [] }) => needs));
  for (const field of all) {
    if (!names.has(field.name)) continue;
    const { group } = field;
    if (group !== undefined) {
      const isTaken =
        groups.has(group) || all.some((other) => other !== field && other.group === group && needed.has(other.name));
      if (isTaken) continue;
      groups.add(group);
    }
    chosen.push(field);
  }
  return chosen;
}

describe.each(clients)("$name", (client) => {
  test("what vanishes is found", () => {
    const [target] = targets;
    const ghost: DocumentedField = { name: "ghost", noted: /^ghost$/, add: () => undefined };
    const haunted = { ...client, fields: [...client.fields, ghost] };
    expect(target && findLosses(haunted, [ghost], target)).toEqual(["ghost: without effect"]);
  });

  test.each(targets)("each field alone, to $name", (target) => {
    const lost = client.fields.flatMap((field) => findLosses(client, choose(client.fields, [field]), target));
    expect([...new Set(lost)]).toEqual([]);
  });

  test.each(upstreams)("any of them together, to models in %s", (protocol) => {
    fc.assert(
      fc.property(
        fc.subarray([...client.fields], { minLength: 2, maxLength: 14 }),
        fc.constantFrom(...targets.filter((target) => target.protocol === protocol)),
        (picks, target) => {
          const fields = choose(client.fields, picks);
          const of = fields.map(({ name }) => name);
          expect({ to: target.name, of, lost: findLosses(client, fields, target) }).toEqual({
            to: target.name,
            of,
            lost: [],
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});
