import {
  RequestError,
  sealEvents,
  type ChatError,
  type ChatEvent,
  type DecodeAnswerContext,
} from "@onerouter/protocols";
import { protocolFor } from "@onerouter/protocols/protocols";
import { readRateLimit } from "../routing/health/rate-limit.ts";
import type { Candidate } from "../routing/route-plan.ts";
import type { Cloud } from "../upstream/clouds/cloud.ts";
import { ServerToolRound } from "../server-tools/server-tool-round.ts";
import type { UpstreamHandle, UpstreamHeaders, UpstreamSink } from "../upstream/upstream-client.ts";
import { accountAttempt } from "./account-attempt.ts";
import type { AttemptOutcome } from "./attempt-outcome.ts";
import { createAnswerReader, type AnswerReader } from "./read-answer.ts";
import { decodeRefusal } from "./decode-refusal.ts";
import { readDocuments } from "./adapt-request.ts";
import { encodeForCandidate, type EncodedUpstreamRequest } from "./encode-for-candidate.ts";
import { createExpressReader } from "./express-lane.ts";
import { ForwardedBytes } from "./forwarded-bytes.ts";
import type { Generation } from "./generation.ts";
import { joinShown, sealerFor } from "./go-on.ts";
import { hideCredential } from "./hide-credential.ts";
import { judgeCalls, noteMending, readMarkup } from "./heal-answer.ts";
import { judgeOutput } from "./judge-output.ts";
import { refuseLosses } from "./refuse-losses.ts";
import { waitToAsk } from "./wait-to-ask.ts";

/** Largest error body read, in bytes. */
const maxErrorBytes = 64 * 1024;

/** Asks one candidate: writes the request in its words and relays its answer into the open answer. */
export function attempt(generation: Generation, candidate: Candidate): Promise<AttemptOutcome> {
  const reading = readDocuments(generation, candidate);
  return reading === undefined
    ? ask(generation, candidate)
    : waitToAsk(generation, reading, () => ask(generation, candidate));
}

function ask(generation: Generation, candidate: Candidate): Promise<AttemptOutcome> {
  const { receipt, fields, refused } = generation;
  try {
    receipt.beginAttempt();
    if (generation.askedAgain) noteMending(generation, candidate, "asked-again");
    const encoded = encodeForCandidate(generation, candidate);
    refuseLosses(receipt.entries, fields, candidate.endpoint, refused);
    return encoded.cloud === undefined
      ? relay(generation, candidate, encoded)
      : relaySigned(generation, candidate, encoded, encoded.cloud);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    // This endpoint cannot express the request; another one may.
    return Promise.resolve({ type: "failed", error: error.error });
  }
}

/** Signing takes a moment: the library is loaded with the first request, a token is fetched when the last one ends. */
function relaySigned(
  generation: Generation,
  candidate: Candidate,
  encoded: EncodedUpstreamRequest,
  cloud: Cloud,
): Promise<AttemptOutcome> {
  const signed = cloud.authorize(encoded.call);
  // The handler closes over nothing: it waits as long as the answer streams, and would hold the whole conversation.
  return waitToAsk(generation, signed, (call) => relay(generation, candidate, { ...encoded, call })).catch(failRefused);
}

function failRefused(error: unknown): AttemptOutcome {
  if (error instanceof RequestError) return { type: "failed", error: error.error };
  throw error;
}

/** Settles exactly once; never rejects. None of its listeners holds the call: its body is the whole conversation. */
function relay(
  generation: Generation,
  candidate: Candidate,
  { call, origin, express, tools, knownTools, cloud }: EncodedUpstreamRequest,
): Promise<AttemptOutcome> {
  const { answer, continued, meter, context } = generation;
  const { downstream } = generation.exchange;
  const protocol = protocolFor(candidate.endpoint.protocol);
  continued.begin();
  meter.restart(continued.isContinued);
  generation.callBegun = false;
  const keepsForwarded = express !== undefined && (generation.resumes || answer.numbersEvents);
  generation.forwarded = keepsForwarded ? new ForwardedBytes() : undefined;

  const { promise, resolve } = Promise.withResolvers<AttemptOutcome>();
  let handle: UpstreamHandle | undefined;
  let reader: AnswerReader | undefined;
  let refusal: { status: number; headers: UpstreamHeaders; body: Buffer[]; bytes: number } | undefined;
  let settled = false;

  function settle(outcome: AttemptOutcome): void {
    if (settled) return;
    settled = true;
    generation.upstream = undefined;
    resolve("error" in outcome ? { ...outcome, error: hideCredential(outcome.error, candidate.apiKey) } : outcome);
  }

  function fail(error: ChatError): void {
    handle?.abort();
    settle({ type: "failed", error });
  }

  const write = (event: ChatEvent): void => continued.write(event);
  const { serverTools } = generation.emulation;
  const round = serverTools.length === 0 ? undefined : new ServerToolRound(serverTools);
  generation.round = round;
  let hopeless: ChatError | undefined;
  const sealed = sealEvents(
    origin,
    sealerFor(generation),
    round === undefined ? write : (event) => round.take(event, write),
  );
  const onHopeless = (error: ChatError): void => void (hopeless = error);
  const joined = joinShown(generation, fail, sealed);
  const judged = judgeCalls(generation, candidate, knownTools, onHopeless, joined);
  const toClient = judgeOutput(generation, onHopeless, judged);

  function tellContent(): void {
    const { onContent } = generation;
    if (onContent === undefined || !meter.hasContent) return;
    generation.onContent = undefined;
    onContent();
  }

  /** @returns false when the attempt is over, or has failed with this event */
  function observe(event: ChatEvent): boolean {
    if (settled) return false;
    if (event.type === "error") {
      fail(event.error);
      return false;
    }
    meter.observe(event);
    tellContent();
    generation.callBegun ||= isCall(event);
    return true;
  }

  function onEvent(event: ChatEvent): void {
    if (!observe(event)) return;
    if (event.type !== "finish") {
      toClient(event);
      return;
    }
    // Agents shorten their conversation by the counts they are told: none would be the end of a long one.
    toClient(event.usageMissing === true ? { ...event, usage: accountAttempt(generation).usage } : event);
    settle(hopeless === undefined ? { type: "complete" } : { type: "hopeless", error: hopeless });
  }

  /** The bytes are with the client already; only the meter and the outcome are left. */
  function onExpressEvent(event: ChatEvent): void {
    if (!observe(event) || event.type !== "finish") return;
    answer.complete();
    settle({ type: "complete" });
  }

  const sink: UpstreamSink = {
    onHeaders(status, headers) {
      const limits = readRateLimit(headers, context.now());
      if (limits !== undefined) context.knowledge.health.limits(candidate.pair, limits);
      if (status < 200 || status > 299) {
        refusal = { status, headers, body: [], bytes: 0 };
        return;
      }
      const decodeContext: DecodeAnswerContext = {
        profile: candidate.profile,
        newId: (prefix) => prefix + context.newId(),
        // Given later, it would keep the whole request alive until a full collection.
        onNewCallId: () => noteMending(generation, candidate, "call-id"),
      };
      if (tools !== undefined) decodeContext.tools = tools;
      const onDecoded = readMarkup(generation, candidate, knownTools, decodeContext, onEvent);
      const longWay = () => createAnswerReader(protocol, decodeContext, onDecoded);
      reader =
        express === undefined
          ? longWay()
          : createExpressReader({
              protocol,
              profile: candidate.profile,
              context: express,
              streamed: generation.request.stream,
              forward: (piece, content) => {
                if (settled) return;
                if (generation.forwarded?.add(piece) === false) generation.stopResuming();
                if (!answer.forward(piece, content)) handle?.pause();
              },
              onEvent: onExpressEvent,
              onLength: (characters) => {
                if (!settled) meter.observeLength(characters);
              },
              longWay,
            });
      reader = cloud?.unframe?.(headers, reader) ?? reader;
      answer.accept(express !== undefined);
    },
    onData(chunk) {
      if (refusal !== undefined) {
        refusal.body.push(chunk);
        refusal.bytes += chunk.length;
        if (refusal.bytes < maxErrorBytes) return;
        handle?.abort();
        sink.onEnd();
        return;
      }
      reader?.write(chunk);
      if (!answer.flush()) handle?.pause();
      if (!generation.hasShown()) return;
      if (generation.resumes && !continued.turn.canGoOn) generation.stopResuming();
      generation.forgetPrompt();
    },
    onEnd() {
      if (refusal !== undefined) {
        const body = Buffer.concat(refusal.body).toString("utf8");
        const { status, headers } = refusal;
        settle({ type: "failed", error: decodeRefusal(protocol, status, body, headers), status });
        return;
      }
      reader?.end();
      answer.flush();
      settle({
        type: "failed",
        error: { code: "upstream_invalid_response", message: "the upstream's answer was incomplete" },
      });
    },
    onError(error) {
      settle({ type: "failed", error });
    },
  };

  generation.upstream = {
    abort() {
      handle?.abort();
      settle({ type: "aborted" });
    },
    resume: () => handle?.resume(),
    giveUp(error) {
      handle?.abort();
      settle({ type: "failed", error, givenUp: true });
    },
  };
  if (downstream.closed) settle({ type: "aborted" });
  else handle = context.upstream.send(call, sink);
  return promise;
}

function isCall(event: ChatEvent): boolean {
  return event.type === "block-start" && event.block.type === "tool-call";
}
