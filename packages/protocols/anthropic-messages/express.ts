import type { ChatRequest } from "../model/chat-request.ts";
import type { FunctionTool, JsonSchema } from "../model/tool.ts";
import type { EncodeTarget, ExpressContext, ExpressLane } from "../protocol-contract.ts";
import { answersEveryCall } from "../express/answers-every-call.ts";
import { spliceModel } from "../express/splice-model.ts";
import { createReceipt } from "../receipt.ts";
import { fitsObject } from "../tools/object-schema.ts";
import { profileForModel, type VendorProfile } from "../vendors/profile.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { claudeTraits, type ClaudeTraits } from "./claude-models.ts";
import { encodeSampling } from "./encode-sampling.ts";
import { encodeThinking } from "./encode-thinking.ts";
import { toGrammarSchema } from "./grammar-schema.ts";
import { loopLacksThought } from "./loop-lacks-thought.ts";
import { createScanner } from "./scan-stream.ts";

const envelopes = /or1\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/g;

/** The lane between a Messages client and an upstream that speaks Messages natively. */
export const express: ExpressLane = {
  rewriteRequest(text, request, target) {
    if (mustBeWrittenAnew(request, target)) return undefined;
    const natives = collectNatives(request, target);
    if (natives === undefined) return undefined;
    const named = spliceModel(text, target.upstreamModel);
    if (named === undefined || natives.size === 0) return named;
    return named.replace(envelopes, (envelope) => natives.get(envelope) ?? envelope);
  },
  rewriteResponse(body, context) {
    body.model = context.requestedModel;
    if (Array.isArray(body.content)) for (const block of body.content) if (isObject(block)) sealBlock(block, context);
  },
  createScanner,
};

/**
 * Only Anthropic itself takes all that its clients send and answers in its own grammar: for others the request is put into
 * common words and the answer put in order. And every model takes only its own forms of thinking and sampling.
 */
function mustBeWrittenAnew(request: ChatRequest, target: EncodeTarget): boolean {
  const profile = profileForModel(target.profile, target.upstreamModel, "anthropic-messages");
  if (!profile.anthropicBetas || !answersEveryCall(request)) return true;
  const traits = claudeTraits(target.upstreamModel);
  if (!fitsTraits(request, traits)) return true;
  if (request.tools.some((tool) => tool.kind === "function" && !fitsTool(tool, profile))) return true;
  const { outputFormat } = request;
  if (outputFormat?.type === "json-schema" && !fitsGrammar(outputFormat.schema)) return true;
  const wanted = request.maxOutputTokens ?? 0;
  if (target.maxOutputTokens !== undefined && wanted > target.maxOutputTokens) return true;
  const dryRun: EncodeTarget = { ...target, profile, receipt: createReceipt() };
  const { thinking, isOn } = encodeThinking(request, profile, dryRun, wanted, continuesWithoutThought(request));
  if (request.messages.at(-1)?.role === "assistant" && (isOn || traits?.prefill === false)) return true;
  encodeSampling(request, profile, dryRun, isOn, {});
  const isOff = request.reasoning?.mode === "off";
  return dryRun.receipt.entries.length > 0 || (isOff && thinking?.type !== restingWordOf(request));
}

function fitsTool({ parameters, strict }: FunctionTool, profile: VendorProfile): boolean {
  return fitsObject(parameters, profile) && (strict !== true || fitsGrammar({ type: "object", ...parameters }));
}

function fitsGrammar(schema: JsonSchema): boolean {
  const grammar = toGrammarSchema(schema);
  return grammar?.isWhole === true && !grammar.isClosed;
}

function fitsTraits({ messages, toolChoice }: ChatRequest, traits: ClaudeTraits | undefined): boolean {
  if (traits === undefined) return true;
  if (!traits.systemMessages && messages.some((message) => message.role === "system")) return false;
  return traits.forcedTools || (toolChoice?.type !== "required" && toolChoice?.type !== "tool");
}

/** The word in which the client has ended thinking. */
function restingWordOf({ extensions }: ChatRequest): unknown {
  const own = extensions["anthropic-messages"]?.thinking;
  return isObject(own) && own.type !== undefined ? own.type : "disabled";
}

function continuesWithoutThought({ messages }: ChatRequest): boolean {
  return loopLacksThought(messages, {
    hasResult: ({ content }) => content.some((part) => part.type === "tool-result"),
    beginsWithThought: ({ content }) => content[0]?.type === "reasoning",
  });
}

/**
 * The native signature behind each envelope of the history; undefined when a thought is not this upstream's own, so that the
 * request has to be written anew without it.
 */
function collectNatives(request: ChatRequest, target: EncodeTarget): Map<string, string> | undefined {
  const natives = new Map<string, string>();
  for (const message of request.messages) {
    for (const part of message.content) {
      if (part.type !== "reasoning") continue;
      const envelope = part.redacted ?? part.signature;
      const sealed = target.sealer.open(envelope, part.text);
      if (envelope === undefined || sealed?.origin !== target.origin) return undefined;
      if (sealed.native === "" && target.profile.verifiesSignatures) return undefined;
      natives.set(envelope, sealed.native);
    }
  }
  return natives;
}

function sealBlock(block: WireObject, { origin, sealer }: ExpressContext): void {
  if (block.type === "thinking" && typeof block.thinking === "string") {
    const native = typeof block.signature === "string" ? block.signature : "";
    block.signature = sealer.seal({ origin, native }, block.thinking);
  } else if (block.type === "redacted_thinking" && typeof block.data === "string") {
    block.data = sealer.seal({ origin, native: block.data }, "");
  }
}
