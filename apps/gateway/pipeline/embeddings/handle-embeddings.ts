import { createReceipt, RequestError, type ChatRequest, type ClientProtocol } from "@onerouter/protocols";
import type { EmbeddingDialect, EmbeddingRequest } from "@onerouter/protocols/embeddings/embedding-request";
import { planRoute } from "../../routing/plan-route.ts";
import type { Exchange } from "../downstream.ts";
import { formatReceipt } from "../format-receipt.ts";
import { Generation } from "../generation.ts";
import { refuseEmpty } from "../choose-route.ts";
import { refuse } from "../handle-inference.ts";
import type { InferenceContext } from "../inference-context.ts";
import type { OpenAnswer } from "../answer/open-answer.ts";
import { splitGatewayFields } from "../fields/read-gateway-fields.ts";
import { checkAllowed, resolveModel } from "../resolve-model.ts";
import { runAttempts } from "../run-attempts.ts";
import { settle } from "../settle.ts";
import { attemptEmbeddings } from "./attempt-embeddings.ts";

/** Embeddings go the way of every request: plan, attempts with fallback, record. They are never streamed. */
export async function handleEmbeddings(
  dialect: EmbeddingDialect,
  protocol: ClientProtocol,
  exchange: Exchange,
  context: InferenceContext,
): Promise<void> {
  context.metrics.openAnswers += 1;
  try {
    const setup = context.setup();
    const { body, fields } = splitGatewayFields(parse(exchange.body), exchange.headers);
    const request = dialect.decode(body, exchange.path?.model);
    const { principal } = exchange;
    const model = resolveModel(request.model, setup.catalogue, principal, "embedding");
    checkAllowed(model, request.model, setup.catalogue, principal);
    const needs = { ...noNeeds, promptBytes: exchange.body.length };
    const question = { models: [model] as const, access: setup.provider, wishes: fields.provider.wishes, needs };
    const plan = refuseEmpty(planRoute(question, context.knowledge, context.now()));
    const receipt = createReceipt();
    const answer = createAnswer(protocol, exchange);
    const noChat = emptyChat(request);
    const start = { id: exchange.id, exchange, context, setup, protocol, fields, model, needs, plan, answer, receipt };
    const decodeAgain = () => ({ request: noChat, fields });
    const generation = new Generation({ ...start, request: noChat, decodeAgain, resumes: false });
    try {
      await runAttempts(generation, plan, (_generation, candidate) =>
        attemptEmbeddings(generation, candidate, request, (vectors) => {
          const headers = headersOf(exchange);
          const lost = formatReceipt(receipt.entries);
          if (lost !== undefined) headers["x-onerouter-receipt"] = lost;
          exchange.downstream.send(200, headers, JSON.stringify(dialect.encode(vectors, request)));
        }),
      );
    } catch (error) {
      context.logError("embeddings failed", error);
      generation.error = { code: "internal", message: "internal error" };
      answer.fail(generation.error);
    } finally {
      settle(generation);
    }
  } catch (error) {
    refuse(protocol, exchange, context, error);
  } finally {
    context.metrics.openAnswers -= 1;
  }
}

function headersOf({ id, requestId }: Exchange): Record<string, string> {
  return {
    "content-type": "application/json",
    "request-id": requestId,
    "x-request-id": requestId,
    "x-onerouter-generation-id": id,
  };
}

const noNeeds = { mediaTokens: 0, tools: false, images: false, documents: false, turns: 0, session: undefined };

/** Only an error goes by way of it. */
function createAnswer(protocol: ClientProtocol, exchange: Exchange): OpenAnswer {
  return {
    contentStarted: false,
    begun: false,
    numbersEvents: false,
    accept: () => undefined,
    emit: () => undefined,
    flush: () => true,
    forward: () => true,
    catchUp: () => false,
    complete: () => undefined,
    fail(error) {
      const { status, headers, body } = protocol.encodeError(error, exchange.requestId);
      const named = { ...headers, "x-onerouter-generation-id": exchange.id };
      exchange.downstream.send(status, named, JSON.stringify(body));
    },
    dispose: () => undefined,
  };
}

/** What a generation keeps of its request besides what was asked. */
function emptyChat({ model }: EmbeddingRequest): ChatRequest {
  return { model, system: [], messages: [], tools: [], sampling: {}, stream: false, extensions: {} };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new RequestError({ code: "invalid_json", message: "the request body is not valid JSON" });
  }
}
