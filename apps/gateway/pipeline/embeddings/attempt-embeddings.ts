import { noUsage, RequestError, type ChatError } from "@onerouter/protocols";
import type { EmbeddingAnswer, EmbeddingRequest } from "@onerouter/protocols/embeddings/embedding-request";
import { decodeGeminiAnswer, encodeGeminiRequest } from "@onerouter/protocols/embeddings/gemini-embeddings";
import { decodeOpenaiAnswer, encodeOpenaiRequest } from "@onerouter/protocols/embeddings/openai-embeddings";
import { protocolFor } from "@onerouter/protocols/protocols";
import type { Candidate } from "../../routing/route-plan.ts";
import { fetchWhole, type WholeAnswer } from "../../upstream/fetch-whole.ts";
import type { UpstreamCall } from "../../upstream/upstream-client.ts";
import { estimateTokens } from "../estimate-tokens.ts";
import type { AttemptOutcome } from "../attempt-outcome.ts";
import { decodeRefusal } from "../decode-refusal.ts";
import type { Generation } from "../generation.ts";
import { hideCredential } from "../hide-credential.ts";
import { refuseLosses } from "../refuse-losses.ts";
import { writeCall } from "../write-call.ts";

/** Asks one candidate for embeddings. @param deliver gets the answer, once */
export async function attemptEmbeddings(
  generation: Generation,
  candidate: Candidate,
  request: EmbeddingRequest,
  deliver: (answer: EmbeddingAnswer) => void,
): Promise<AttemptOutcome> {
  const { context, meter } = generation;
  meter.restart(false);
  try {
    const call = encode(generation, candidate, request);
    const { cloud } = generation.setup.provider(candidate.endpoint.provider);
    const signed = cloud === undefined ? call : await cloud.authorize(call);
    const { promise, abort } = fetchWhole(context.upstream, signed);
    generation.upstream = { abort, resume: () => undefined };
    if (generation.aborted) abort();
    const whole = await promise;
    generation.upstream = undefined;
    if (whole === "aborted") return { type: "aborted" };
    if ("code" in whole) return { type: "failed", error: whole };
    const answer = decode(candidate, request, whole);
    if ("code" in answer) return { type: "failed", error: answer };
    const { inputTokens = estimateInput(request) } = answer;
    const usage = { ...noUsage, inputTokens };
    meter.observe({ type: "finish", reason: "stop", usage, usageMissing: answer.inputTokens === undefined });
    deliver({ ...answer, inputTokens });
    return { type: "complete" };
  } catch (error) {
    if (error instanceof RequestError) return { type: "failed", error: error.error };
    throw error;
  }
}

function encode(generation: Generation, candidate: Candidate, request: EmbeddingRequest): UpstreamCall {
  const { receipt, fields, refused, setup } = generation;
  const { endpoint } = candidate;
  receipt.beginAttempt();
  const isGemini = endpoint.protocol === "gemini";
  if (!isGemini) {
    for (const field of ["taskType", "title"] as const) {
      if (request[field] !== undefined) receipt.note("dropped", field, "OpenAI's embeddings have no such field");
    }
  }
  const body = isGemini
    ? encodeGeminiRequest(request, endpoint.upstreamId, receipt)
    : encodeOpenaiRequest(request, endpoint.upstreamId);
  refuseLosses(receipt.entries, fields, endpoint, refused);
  return writeCall(candidate, setup.provider(endpoint.provider), undefined, body, "embed");
}

function decode(
  { endpoint, apiKey }: Candidate,
  { input }: EmbeddingRequest,
  { status, headers, bytes }: WholeAnswer,
): EmbeddingAnswer | ChatError {
  const text = bytes.toString("utf8");
  if (status < 200 || status > 299) {
    return hideCredential(decodeRefusal(protocolFor(endpoint.protocol), status, text, headers), apiKey);
  }
  const count = input.kind === "texts" ? input.texts.length : input.tokens.length;
  const body = parse(text);
  const answer = endpoint.protocol === "gemini" ? decodeGeminiAnswer(body, count) : decodeOpenaiAnswer(body, count);
  return (
    answer ?? { code: "upstream_invalid_response", message: "the upstream's answer has not a vector for each input" }
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function estimateInput({ input }: EmbeddingRequest): number {
  return input.kind === "tokens"
    ? input.tokens.reduce((sum, tokens) => sum + tokens.length, 0)
    : estimateTokens(input.texts.reduce((sum, text) => sum + text.length, 0));
}
