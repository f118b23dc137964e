import type { IncomingMessage, ServerResponse } from "node:http";
import { Refusal } from "./answer.ts";
import type { Answer } from "./answer.ts";
import type { Exchange, Strictness } from "./exchange.ts";
import { drawMixture } from "./faults/draw-mixture.ts";
import type { Fault } from "./faults/fault.ts";
import type { FaultRules } from "./faults/fault-rules.ts";
import { parseFaults, splitModel, UnknownFaultError } from "./faults/parse-fault.ts";
import { sendAnswer, wait } from "./faults/send-answer.ts";
import { findProtocol } from "./find-protocol.ts";
import { isObject } from "./json-object.ts";
import type { KeptResponses } from "./openai-responses/kept-responses.ts";
import type { PrefixCache } from "./prefix-cache.ts";
import type { ProtocolServer } from "./protocol-server.ts";
import { drawId } from "./random-source.ts";
import type { ReasoningMemory } from "./reasoning-memory.ts";
import type { RecordedRequest } from "./request-log.ts";
import type { Route } from "./route-request.ts";

/** What lives as long as the server and is shared by its requests. */
export type Surroundings = {
  seed: string;
  draw: () => number;
  now: () => number;
  apiKeys: ReadonlySet<string> | undefined;
  /** Secret access keys by access key id. */
  awsSecretKeys: ReadonlyMap<string, string>;
  strictness: Strictness;
  rules: FaultRules;
  memory: ReasoningMemory;
  cache: PrefixCache;
  kept: KeptResponses;
};

type ProviderRoute = Exclude<Route, { operation: "control" | "probe" }>;

/** Serves one request of a provider's API, faults included. */
export async function serveProvider(
  route: ProviderRoute,
  { message, text }: { message: IncomingMessage; text: string },
  response: ServerResponse,
  record: RecordedRequest,
  around: Surroundings,
  signal: AbortSignal,
): Promise<void> {
  const protocol = findProtocol(route, record);
  const requestId = `req_${drawId(around.draw, 24)}`;
  for (const [name, value] of Object.entries(protocol.headers(requestId))) response.setHeader(name, value);
  let fault: Fault = {};
  let answer: Answer;
  try {
    const apiKey = protocol.readKey(message.headers, record.path);
    if (apiKey === "" || (around.apiKeys && !around.apiKeys.has(apiKey))) throw protocol.unauthorized(apiKey);
    const { method, path: url, headers } = record;
    protocol.verify?.({ method, url, headers, text }, { awsSecretKeys: around.awsSecretKeys, now: around.now() });
    if (route.operation === "models") {
      answer = { kind: "json", status: 200, body: protocol.listModels(around.now()) };
    } else {
      if (!isObject(record.body))
        throw new Refusal(400, "We could not parse the JSON body of your request.", { type: "invalid_request_error" });
      const { model, notation } = splitModel(route.model ?? String(record.body.model ?? ""));
      fault = drawMixture(collectFaults(notation, model, message, around.rules), around.draw);
      if (Object.keys(fault).length > 0) record.fault = fault;
      if (fault.latency) await wait(fault.latency, signal);
      if (fault.cut?.at === "start") return void response.socket?.destroy();
      if (fault.status) throw protocol.statusRefusal(fault.status.code);
      const isInPath = route.model !== undefined || record.body.model === undefined;
      const body = isInPath ? record.body : { ...record.body, model };
      answer = protocol.answer(makeExchange(body, model, apiKey, fault, message, record, around));
    }
  } catch (error) {
    const refusal = error instanceof UnknownFaultError ? new Refusal(400, `mock fault: ${error.message}`) : error;
    if (!(refusal instanceof Refusal)) throw error;
    // A refusal of the request itself is no part of the fault and arrives whole.
    if (!fault.status) fault = {};
    answer = refuse(refusal, protocol, requestId, fault);
    record.refusal = refusal.message;
  }
  record.status = answer.kind === "json" ? answer.status : 200;
  if (fault.status?.code === 502) return sendHtml(response);
  record.cutAfter = await sendAnswer(response, answer, fault, (type) => protocol.errorEvent(type), signal);
}

// What stands closest to the request wins: rules of the server, then the header, then the model's suffix.
function collectFaults(notation: string, model: string, message: IncomingMessage, rules: FaultRules): Fault {
  const header = message.headers["x-mock-fault"];
  return {
    ...rules.take({ model, path: message.url ?? "/" }),
    ...parseFaults(typeof header === "string" ? header : ""),
    ...parseFaults(notation),
  };
}

function makeExchange(
  body: Exchange["body"],
  model: string,
  apiKey: string,
  fault: Fault,
  message: IncomingMessage,
  record: RecordedRequest,
  around: Surroundings,
): Exchange {
  const { seed, draw, memory, cache, kept, strictness } = around;
  return {
    body,
    model,
    headers: message.headers,
    apiKey,
    fault,
    strictness,
    seed,
    draw,
    now: around.now(),
    memory,
    cache,
    kept,
    record,
  };
}

function refuse(refusal: Refusal, protocol: ProtocolServer, requestId: string, fault: Fault): Answer {
  const retryAfter = fault.status?.retryAfter ?? (refusal.status === 429 && fault.status ? "1" : undefined);
  return {
    kind: "json",
    status: refusal.status,
    body: protocol.errorBody(refusal, requestId),
    headers: {
      ...protocol.errorHeaders?.(refusal),
      ...(retryAfter !== undefined && retryAfter !== "none" ? { "retry-after": retryAfter } : {}),
    },
  };
}

function sendHtml(response: ServerResponse): void {
  response.statusCode = 502;
  response.setHeader("content-type", "text/html");
  response.end(
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n",
  );
}
