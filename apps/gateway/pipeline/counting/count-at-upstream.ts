import { createReceipt, type ChatRequest, type ProtocolName } from "@onerouter/protocols";
import { protocolFor } from "@onerouter/protocols/protocols";
import type { Candidate } from "../../routing/route-plan.ts";
import { fetchWhole, type WholeAnswer } from "../../upstream/fetch-whole.ts";
import type { UpstreamCall } from "../../upstream/upstream-client.ts";
import type { Exchange } from "../downstream.ts";
import type { InferenceContext, ProviderSetup, Setup } from "../inference-context.ts";
import { originOf } from "../origin-of.ts";
import { mergeHeaders, messagesHeaders, writeCall } from "../write-call.ts";

/** Largest answer to a count, in bytes. */
const maxBytes = 64 * 1024;

/** How an upstream's protocol asks for a count, and where the answer has it. */
interface CountForm {
  field: string;
  body(encoded: Readonly<Record<string, unknown>>, upstreamModel: string): Record<string, unknown>;
}

/** Fields that only an answer has a use for. */
function without(body: Readonly<Record<string, unknown>>, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([field]) => !fields.includes(field)));
}

/**
 * Moonshot's own (https://platform.moonshot.ai/docs/api/estimate). It knows of messages and not of tools, so that it is
 * asked only where there are none.
 */
const moonshotForm: CountForm = {
  field: "total_tokens",
  body: ({ model, messages }) => ({ model, messages }),
};

/** The protocols that can count; openai-chat itself cannot. */
const forms: Partial<Record<ProtocolName, CountForm>> = {
  // https://platform.claude.com/docs/en/api/messages-count-tokens
  "anthropic-messages": {
    field: "input_tokens",
    body: (encoded) => without(encoded, ["max_tokens", "stream", "metadata"]),
  },
  // https://ai.google.dev/api/tokens
  gemini: {
    field: "totalTokens",
    body: (encoded, model) => ({
      generateContentRequest: { model: model.startsWith("models/") ? model : `models/${model}`, ...encoded },
    }),
  },
  // https://platform.openai.com/docs/api-reference/responses/input-tokens
  "openai-responses": {
    field: "input_tokens",
    body: (encoded) =>
      without(encoded, ["stream", "stream_options", "store", "include", "max_output_tokens", "temperature", "top_p"]),
  },
};

function formFor({ tools }: ChatRequest, { endpoint: { protocol }, profile }: Candidate): CountForm | undefined {
  if (protocol !== "openai-chat") return forms[protocol];
  return profile.countsTokens === true && tools.length === 0 ? moonshotForm : undefined;
}

/**
 * How long the prompt is by the candidate's own count; undefined when it has none.
 * @param signal nobody waits for it any more
 */
export async function countAtUpstream(
  request: ChatRequest,
  candidate: Candidate,
  exchange: Exchange,
  context: InferenceContext,
  setup: Setup,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { endpoint, profile } = candidate;
  const form = formFor(request, candidate);
  if (form === undefined) return undefined;
  const provider = setup.provider(endpoint.provider);
  const encoded = protocolFor(endpoint.protocol).encodeRequest(request, {
    profile,
    upstreamModel: endpoint.upstreamId,
    origin: originOf(candidate, provider),
    sealer: context.sealer,
    receipt: createReceipt(),
  });
  const own = endpoint.protocol === "anthropic-messages" ? messagesHeaders(exchange, true) : undefined;
  // Vertex AI takes Gemini's contents as they are.
  const isPlain = provider.cloud !== undefined && endpoint.protocol === "gemini";
  const body = isPlain ? encoded.body : form.body(encoded.body, endpoint.upstreamId);
  const call = writeCall(candidate, provider, mergeHeaders(own, encoded.headers), body, "count-tokens");
  const signed = provider.cloud === undefined ? call : await provider.cloud.authorize(call);
  return readCount(await fetchCount(signed, context, signal), form, provider);
}

async function fetchCount(
  call: UpstreamCall,
  { upstream }: InferenceContext,
  signal: AbortSignal,
): Promise<WholeAnswer | undefined> {
  if (signal.aborted) return undefined;
  const { promise, abort } = fetchWhole(upstream, call, maxBytes);
  signal.addEventListener("abort", abort, { once: true });
  const whole = await promise;
  signal.removeEventListener("abort", abort);
  return whole === "aborted" || "code" in whole ? undefined : whole;
}

function readCount(
  answer: WholeAnswer | undefined,
  { field }: CountForm,
  { cloud }: ProviderSetup,
): number | undefined {
  if (answer?.status !== 200) return undefined;
  try {
    const body: unknown = JSON.parse(answer.bytes.toString("utf8"));
    const read =
      cloud?.readCount ?? ((value: unknown) => fieldOf(value, field) ?? fieldOf(fieldOf(value, "data"), field));
    const tokens = read(body);
    return typeof tokens === "number" && Number.isInteger(tokens) && tokens >= 0 ? tokens : undefined;
  } catch {
    return undefined;
  }
}

function fieldOf(value: unknown, field: string): unknown {
  return Object.entries(value ?? {}).find(([name]) => name === field)?.[1];
}
