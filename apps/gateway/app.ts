import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { createSealer } from "@onerouter/protocols";
import { pino } from "pino";
import { keepCatalogue } from "./catalogue/keep-catalogue.ts";
import { createKnownModels } from "./catalogue/known-models.ts";
import type { Config } from "./config/config.ts";
import { createIdSource } from "./create-id-source.ts";
import { createSetup } from "./create-setup.ts";
import { createOpenExchanges } from "./http/open-exchanges.ts";
import { createPdfReader } from "./documents/pdf-reader.ts";
import { createServer } from "./http/server.ts";
import { createKeyRing } from "./identity/key-ring.ts";
import { createJournal } from "./metering/journal.ts";
import { createTokenFactors } from "./metering/token-factors.ts";
import { createTokenizer } from "./metering/tokenizer.ts";
import type { InferenceContext } from "./pipeline/inference-context.ts";
import { createKeepAlive } from "./pipeline/answer/keep-alive.ts";
import { createResponseStore } from "./pipeline/responses/response-store.ts";
import { createSchemaCompiler } from "./healing/compile-schema.ts";
import { describeHealth } from "./routing/health/describe-health.ts";
import { endpointKey } from "./routing/health/health.ts";
import { createKnowledge } from "./routing/knowledge.ts";
import { openStorage } from "./storage/open-storage.ts";
import { StorageError } from "./storage/storage.ts";
import { createMetrics } from "./telemetry/metrics.ts";
import { createUpstreamClient } from "./upstream/upstream-client.ts";
import { version } from "./version.ts";

export interface GatewayOptions {
  config: Config;
  /** Where the database is, unless its URL is absolute, and what else outlives the process. */
  dataDir: string;
  /** What a relative database path is relative to. */
  baseDir?: string;
  /** Milliseconds between the two rounds over the candidates of a request; tests cannot wait as long. */
  retryBackoffMs?: number;
}

const usualRetryBackoffMs = 300;

/** A running gateway. */
export interface Gateway {
  url: string;
  /** Takes a new configuration for the requests that come from now on. Host, port, body limit and database stay. */
  applyConfig(config: Config): void;
  /** Stops taking requests, lets open answers finish (at most server.drain_seconds), writes what is left. */
  close(): Promise<void>;
}

const oneMegabyte = 1024 * 1024;

/** Wires the parts; nobody else does. */
export async function startGateway({
  config,
  dataDir,
  baseDir,
  retryBackoffMs = usualRetryBackoffMs,
}: GatewayOptions): Promise<Gateway> {
  // Content never reaches the log: only messages of our own and error classes are written.
  const logger = pino(
    { name: "onerouter", level: "warn", base: undefined },
    pino.destination({ dest: 2, sync: false }),
  );
  const logError = (message: string, error: unknown): void => logger.error({ error: describeForLog(error) }, message);

  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const storage = await openStorage({ url: config.database.url, baseDir: baseDir ?? dataDir });
  const secret = await storage.settings.getOrCreate("sealing_secret", randomBytes(32).toString("base64url"));
  const keyRing = await createKeyRing(storage.keys);
  const metrics = createMetrics();
  const upstream = createUpstreamClient();
  const keepAlive = createKeepAlive(Date.now);
  const tokenizer = createTokenizer();
  const tokenFactors = createTokenFactors();
  const pdfReader = createPdfReader();
  const journal = createJournal(
    storage.generations,
    (error) => logError("writing generations failed", error),
    (count) => void (metrics.droppedRecords += count),
  );
  const known = createKnownModels(dataDir);
  let inUse = config;
  let setup = createSetup(inUse, known, Date.now);
  const keeper = keepCatalogue({
    dataDir,
    known,
    now: Date.now,
    onChange() {
      setup = createSetup(inUse, known, Date.now);
    },
    warn: (message) => logger.warn(message),
  });
  let drainMs = config.server.drain_seconds * 1000;
  let draining = false;

  const context: InferenceContext = {
    setup: () => setup,
    keyRing,
    sealer: createSealer(Buffer.from(secret, "base64url")),
    upstream,
    knowledge: createKnowledge((key, bytes) => tokenFactors.fromBytes(key, bytes)),
    schemaCompiler: createSchemaCompiler(),
    keepAlive,
    journal,
    metrics,
    tokenizer,
    tokenFactors,
    pdfReader,
    retryBackoffMs,
    responses: createResponseStore(() => setup.storedResponses, Date.now),
    now: Date.now,
    newId: createIdSource(Date.now),
    logError,
  };
  const open = createOpenExchanges();
  const server = createServer({
    bodyLimitBytes: Math.floor(config.server.body_limit_mb * oneMegabyte),
    context,
    ready: () => !draining,
    open,
    version,
    endpointStats: (endpoint) => describeHealth(context.knowledge.health.endpoint(endpointKey(endpoint)), Date.now()),
  });
  try {
    await server.listen({ host: config.server.host, port: config.server.port });
  } catch (error) {
    await Promise.all([server.close(), upstream.close(), storage.close()]);
    keyRing.close();
    keepAlive.close();
    keeper.stop();
    throw error;
  }
  keeper.schedule(config.catalogue);
  const address = server.server.address();
  const port = typeof address === "object" && address !== null ? address.port : config.server.port;
  const host = config.server.host === "0.0.0.0" || config.server.host === "::" ? "127.0.0.1" : config.server.host;

  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    applyConfig(next) {
      setup = createSetup(next, known, Date.now);
      inUse = next;
      keeper.schedule(next.catalogue);
      drainMs = next.server.drain_seconds * 1000;
    },
    async close() {
      draining = true;
      keeper.stop();
      // The port stays open meanwhile, so that probes see it and callers hear it in their own protocol.
      const timer = Promise.withResolvers<void>();
      const timeout = setTimeout(timer.resolve, drainMs);
      await Promise.race([open.whenNone(), timer.promise]);
      clearTimeout(timeout);
      const closed = server.close();
      // Kept-alive connections, and after the time is up the answers that are still open.
      server.server.closeAllConnections();
      await closed;
      // An answer that was cut off has yet to write its record.
      await open.whenNone();
      keepAlive.close();
      keyRing.close();
      await upstream.close();
      await tokenizer.close();
      await pdfReader.close();
      await journal.close();
      await storage.close();
      logger.flush();
    },
  };
}

/** The class of an error and where it was thrown. Its message may quote what a client has sent, a database's does not. */
function describeForLog(error: unknown): { name: string; message?: string; at?: string[] } {
  if (!(error instanceof Error)) return { name: typeof error };
  if (error instanceof StorageError) return { name: error.name, message: error.message };
  const frames = error.stack?.split("\n").filter((line) => line.startsWith("    at "));
  return { name: error.name, at: frames?.map((line) => line.trim()) };
}
