import fc from "fast-check";
import { expect } from "vitest";
import type { ChatRequest } from "../../model/chat-request.ts";
import type { ContentPart, ReasoningPart, ToolCallPart, ToolResultPart } from "../../model/content.ts";
import type { Tool } from "../../model/tool.ts";
import type { Protocol } from "../../protocol-contract.ts";
import type { VendorProfile } from "../../vendors/profile.ts";
import { origin, testSealer } from "./answers.ts";
import { encodeFor } from "./requests.ts";

/*
 * The law of every protocol: a server reads in the body that is sent to it what the client said. Here is what the requests of
 * all protocols are drawn from.
 */

/** A server of the protocol that takes everything the protocol has words for. */
export interface Server {
  protocol: Protocol;
  profile: VendorProfile;
  model: string;
}

/** What the server reads in the body that is sent to it. */
export function received(
  { protocol, profile, model }: Server,
  request: ChatRequest,
): { read: ChatRequest; receipts: string[] } {
  const { body, receipts } = encodeFor(protocol, profile, model, request);
  const path = protocol.name === "gemini" ? { model, stream: request.stream } : undefined;
  return { read: protocol.decodeRequest(JSON.parse(JSON.stringify(body)), path), receipts };
}

/** The same request as it stands at a server: the model's name is the server's, thoughts have their native signatures. */
export function asSent(request: ChatRequest, model: string): ChatRequest {
  const sealer = testSealer();
  const open = (part: ContentPart): ContentPart => {
    if (part.type !== "reasoning") return part;
    const native = sealer.open(part.redacted ?? part.signature, part.text)?.native;
    return part.redacted === undefined ? { ...part, signature: native } : { ...part, redacted: native };
  };
  const messages = request.messages.map((message) => ({ ...message, content: message.content.map(open) }));
  return { ...request, model, messages };
}

export const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }).filter((text) => /\S/.test(text));
export const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_-]{0,12}$/);
export const object = fc
  .dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 })
  // JSON has no -0.
  .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>);
export const text = word.map((value) => ({ type: "text" as const, text: value }));
export const image = fc.constantFrom<ContentPart>(
  { type: "image", source: { kind: "base64", mediaType: "image/png", data: "AAAA" } },
  { type: "image", source: { kind: "url", url: "https://example.com/a.png" } },
);
export const pdf: ContentPart = {
  type: "document",
  title: "a.pdf",
  source: { kind: "base64", mediaType: "application/pdf", data: "AAAA" },
};

export function thought(value: string, native: string): ReasoningPart {
  return { type: "reasoning", text: value, signature: testSealer().seal({ origin, native }, value) };
}

export const thoughts = fc.oneof(
  fc.tuple(fc.oneof(word, fc.constant("")), word).map(([value, native]) => [thought(value, native)]),
  word.map((native): ReasoningPart[] => [
    { type: "reasoning", text: "", redacted: testSealer().seal({ origin, native }, "") },
  ]),
  fc.constant<ReasoningPart[]>([]),
);

export const step = fc.record({
  thoughts,
  say: fc.option(text),
  calls: fc.array(fc.record({ name, input: object, result: fc.option(word), isError: fc.boolean() }), { maxLength: 3 }),
  instruction: fc.option(text),
  ask: text,
  attach: fc.array(image, { maxLength: 2 }),
});
export type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

export function answerOf(one: Step, turn: number): ContentPart[] {
  const calls = one.calls.map((call, at): ToolCallPart => ({
    type: "tool-call",
    id: `toolu_${turn}_${at}_abc`,
    name: call.name,
    arguments: JSON.stringify(call.input),
  }));
  const said: ContentPart[] = [...(one.say === null ? [] : [one.say]), ...calls];
  // Nothing but thoughts is no answer.
  return said.length === 0 ? [{ type: "text", text: "ok" }] : [...one.thoughts, ...said];
}

export function resultsOf(one: Step, turn: number, withErrors: boolean): ToolResultPart[] {
  return one.calls.map((call, at) => {
    const result: ToolResultPart = { type: "tool-result", callId: `toolu_${turn}_${at}_abc`, content: [] };
    if (call.result !== null) result.content.push({ type: "text", text: call.result });
    if (withErrors && call.isError && call.result !== null) result.isError = true;
    return result;
  });
}

export const functionTools = fc.uniqueArray(
  fc.record({
    name,
    description: fc.option(word),
    parameters: object.map((more) => ({ ...more, type: "object", properties: {} })),
    strict: fc.option(fc.boolean()),
  }),
  { selector: (tool) => tool.name, maxLength: 3 },
);

export function toolsOf(list: typeof functionTools extends fc.Arbitrary<infer Value> ? Value : never): Tool[] {
  return list.map(({ name: toolName, description, parameters, strict }) => ({
    kind: "function",
    name: toolName,
    // Not every schema can be strict.
    parameters: strict === true ? schema : parameters,
    ...(description === null ? {} : { description }),
    ...(strict === null ? {} : { strict }),
  }));
}

export function withChoice(request: ChatRequest, choice: string | null): ChatRequest {
  const [first] = request.tools;
  if (choice === null || first === undefined) return request;
  if (choice === "tool") return { ...request, toolChoice: { type: "tool", name: first.name } };
  return { ...request, toolChoice: { type: choice as "auto" | "none" | "required" } };
}

export const choices = fc.option(fc.constantFrom("auto", "none", "required", "tool"));
export const schema = { type: "object", properties: { a: { type: "string" } }, additionalProperties: false };

/** Holds a protocol to the law, and to leaving the request that it was given as it is. */
export function holdsToTheLaw(
  server: Server,
  requests: fc.Arbitrary<ChatRequest>,
  sent: (request: ChatRequest, model: string) => ChatRequest = asSent,
): void {
  fc.assert(
    fc.property(requests, (request) => {
      const before = structuredClone(request);
      const { read, receipts } = received(server, request);
      expect(read).toEqual(sent(request, server.model));
      expect(receipts).toEqual([]);
      expect(request).toEqual(before);
    }),
    { numRuns: 200 },
  );
}
