import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { serveControl } from "./control-endpoint.ts";
import { FaultRules } from "./faults/fault-rules.ts";
import type { FaultRule } from "./faults/fault-rules.ts";
import { KeptResponses } from "./openai-responses/kept-responses.ts";
import { PrefixCache } from "./prefix-cache.ts";
import { seededRandom } from "./random-source.ts";
import { ReasoningMemory } from "./reasoning-memory.ts";
import { RequestLog } from "./request-log.ts";
import type { RecordedRequest } from "./request-log.ts";
import { routeRequest } from "./route-request.ts";
import { serveProvider } from "./serve-request.ts";
import type { Surroundings } from "./serve-request.ts";

export type MockUpstreamOptions = {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: any free port. */
  port?: number;
  /** Decides ids, thoughts, signatures and the draws of faults with a probability. */
  seed?: string;
  /** Tells servers of one seed apart: they think alike and know each other's signatures, but draw ids and faults of their own. */
  instance?: string;
  /** Accept these API keys only. By default every key is accepted, but there must be one. */
  apiKeys?: string[];
  /** Secret access keys by access key id, for Bedrock's signatures (default: the one in `mockAwsCredentials`). */
  awsSecretKeys?: Record<string, string>;
  /** Dialect of paths that name none (default "generic"): the first folders of the README. */
  dialect?: string;
  /** Refuse what the real provider would refuse (default true). */
  strict?: boolean;
  /** Refuse reasoning that this mock did not produce before that call (default true). */
  verifyReasoning?: boolean;
  /** Refuse tool schemas outside of Moonshot's subset, in the moonshot dialect (default true). */
  checkToolSchemas?: boolean;
  /** Context window in tokens for every model, instead of each model's own. */
  contextWindow?: number;
  /** Tokens in a block of the prefix cache (default 256): a prompt is known in whole blocks only. */
  cacheBlock?: number;
  /** Bounds of the request log: 500 requests, 16 MiB of bodies. */
  maxRequests?: number;
  maxRequestBytes?: number;
  /** Called with each request of a provider's API when it has arrived, and when it is over. */
  onRequest?: (request: RecordedRequest) => void;
  /** Milliseconds since 1970; the clock by default. */
  now?: () => number;
};

export type MockUpstream = {
  url: string;
  port: number;
  /** The latest requests, oldest first. */
  requests: RecordedRequest[];
  /** Replaces the fault rules; an empty list removes them. */
  setFaults(rules: FaultRule | FaultRule[] | string): void;
  /** Forgets faults, requests, prompts and thoughts. */
  reset(): void;
  /** Cuts every open connection and stops. */
  close(): Promise<void>;
};

/** What signs requests to the mock's Bedrock unless `awsSecretKeys` says otherwise. */
export const mockAwsCredentials = { accessKeyId: "MOCKUPSTREAMACCESSKEY", secretAccessKey: "mock-upstream-secret" };
const defaultSecretKeys = { [mockAwsCredentials.accessKeyId]: mockAwsCredentials.secretAccessKey };

const maxBodyBytes = 64 * 1024 * 1024;

/**
 * Starts a scripted provider on a real socket.
 *
 * @example
 * const mock = await startMockUpstream();
 * await fetch(`${mock.url}/moonshot/v1/chat/completions`, { method: "POST", headers: { authorization: "Bearer any" }, body });
 * await mock.close();
 */
export async function startMockUpstream(options: MockUpstreamOptions = {}): Promise<MockUpstream> {
  const { host = "127.0.0.1", port = 0, seed = "mock", instance = "", now = Date.now } = options;
  const draw = seededRandom(seed + instance);
  const log = new RequestLog({
    maxCount: options.maxRequests ?? 500,
    maxBytes: options.maxRequestBytes ?? 16 * 1024 * 1024,
  });
  const around: Surroundings = {
    seed,
    draw,
    now,
    apiKeys: options.apiKeys && new Set(options.apiKeys),
    awsSecretKeys: new Map(Object.entries(options.awsSecretKeys ?? defaultSecretKeys)),
    strictness: {
      strict: options.strict ?? true,
      verifyReasoning: options.verifyReasoning ?? true,
      checkToolSchemas: options.checkToolSchemas ?? true,
      contextWindow: options.contextWindow,
    },
    rules: new FaultRules(seededRandom(`${seed}${instance} faults`)),
    memory: new ReasoningMemory(),
    cache: new PrefixCache({ maxPrompts: 64, maxChars: 32 * 1024 * 1024, blockTokens: options.cacheBlock ?? 256 }),
    kept: new KeptResponses(),
  };
  const reset = () => {
    around.rules.set([]);
    around.memory.clear();
    around.cache.clear();
    around.kept.clear();
    log.clear();
  };
  const { dialect = "generic", onRequest } = options;
  const parts = { around, log, reset, dialect, onRequest };
  const server = createServer((message, response) => {
    handle(message, response, parts).catch((error: unknown) => fail(response, error));
  });
  // A silent answer may last for hours; only the client or close() ends it.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const boundPort = typeof address === "object" && address ? address.port : port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${boundPort}`,
    port: boundPort,
    requests: log.entries,
    setFaults: (rules) => around.rules.set(rules),
    reset,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Parts = Pick<MockUpstreamOptions, "onRequest"> & {
  around: Surroundings;
  log: RequestLog;
  reset: () => void;
  dialect: string;
};

async function handle(message: IncomingMessage, response: ServerResponse, parts: Parts): Promise<void> {
  response.setHeader("x-mock-upstream", "true");
  response.socket?.setNoDelay(true);
  const text = await readBody(message);
  const route = routeRequest(message.method ?? "GET", message.url ?? "/");
  if (route?.operation === "probe") return void response.end();
  if (route?.operation === "control") {
    return serveControl(route.name, parseBody(text), response, {
      rules: parts.around.rules,
      log: parts.log,
      reset: parts.reset,
    });
  }
  const record: RecordedRequest = {
    method: message.method ?? "GET",
    path: message.url ?? "/",
    headers: message.headers,
    body: parseBody(text),
    bytes: text.length,
    at: parts.around.now(),
    aborted: false,
    finished: false,
  };
  parts.log.add(record);
  parts.onRequest?.(record);
  const gone = new AbortController();
  response.once("close", () => {
    record.aborted = !response.writableFinished;
    record.finished = true;
    gone.abort();
    parts.onRequest?.(record);
  });
  if (!route) {
    response.statusCode = record.status = 404;
    response.setHeader("content-type", "application/json");
    return void response.end(
      JSON.stringify({
        error: { message: `mock: no such path ${record.method} ${record.path}`, type: "not_found_error" },
      }),
    );
  }
  const dialect = route.dialect === "generic" ? parts.dialect : route.dialect;
  await serveProvider({ ...route, dialect }, { message, text }, response, record, parts.around, gone.signal);
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message) {
    const bytes: Buffer = chunk;
    length += bytes.length;
    if (length > maxBodyBytes) throw new Error(`body is larger than ${maxBodyBytes} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseBody(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

// A bug in the mock must look like one, not like a provider's fault.
function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  response.statusCode = 500;
  response.setHeader("content-type", "application/json");
  response.setHeader("x-mock-upstream-bug", "true");
  response.end(
    JSON.stringify({
      error: { type: "mock_bug", message: error instanceof Error ? (error.stack ?? error.message) : String(error) },
    }),
  );
}
