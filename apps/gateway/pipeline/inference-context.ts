import type { Catalogue } from "@onerouter/catalog";
import type { Sealer } from "@onerouter/protocols";
import type { PdfReader } from "../documents/pdf-reader.ts";
import type { KeyRing } from "../identity/key-ring.ts";
import type { Journal } from "../metering/journal.ts";
import type { TokenFactors } from "../metering/token-factors.ts";
import type { Tokenizer } from "../metering/tokenizer.ts";
import type { SchemaCompiler } from "../healing/compile-schema.ts";
import type { Knowledge } from "../routing/knowledge.ts";
import type { ProviderAccess } from "../routing/prepare-endpoint.ts";
import type { WebSearch } from "../server-tools/search/web-search.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { Cloud } from "../upstream/clouds/cloud.ts";
import type { AddressBook } from "../upstream/endpoint-address.ts";
import type { UpstreamClient, UpstreamTimeouts } from "../upstream/upstream-client.ts";
import type { KeepAlive } from "./answer/keep-alive.ts";
import type { ResponseStore, StoreLimits } from "./responses/response-store.ts";

/** What one configuration says, ready to use. Replaced whole on reload; a request keeps the one it began with. */
export interface Setup {
  catalogue: Catalogue;
  provider(name: string): ProviderSetup;
  keepAliveMs: number;
  /** An answer goes on elsewhere when its upstream dies, unless its client does not want that. */
  resumes: boolean;
  /** A second endpoint is asked when the first one is slow to begin, unless its client does not want that. */
  hedges: boolean;
  storedResponses: StoreLimits;
  /** How the gateway searches the web, if it can. */
  webSearch: WebSearch | undefined;
}

export interface ProviderSetup extends ProviderAccess {
  address: AddressBook;
  /** The headers of a request with this credential. */
  headers(apiKey: string): Readonly<Record<string, string>>;
  timeouts: UpstreamTimeouts;
  /** Tells this credential from others without naming it. */
  credentialMark(apiKey: string): string;
  /** Served by a cloud, in its own envelope and with its own signature. */
  cloud?: Cloud;
}

/** The parts every inference request works with; app.ts makes it. */
export interface InferenceContext {
  setup(): Setup;
  keyRing: KeyRing;
  sealer: Sealer;
  upstream: UpstreamClient;
  /** What answers have taught of endpoints. */
  knowledge: Knowledge;
  schemaCompiler: SchemaCompiler;
  keepAlive: KeepAlive;
  journal: Journal;
  metrics: Metrics;
  tokenizer: Tokenizer;
  tokenFactors: TokenFactors;
  pdfReader: PdfReader;
  responses: ResponseStore;
  /** How long a second round over the candidates waits where no upstream says. */
  retryBackoffMs: number;
  /** Milliseconds, Unix. */
  now(): number;
  /** A fresh id of letters and digits. */
  newId(): string;
  logError(message: string, error: unknown): void;
}
