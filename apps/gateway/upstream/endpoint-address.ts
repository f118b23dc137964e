import type { ProtocolName } from "@onerouter/protocols";

/** What is asked of an endpoint. `stream` is `generate` with the answer in pieces. */
export type UpstreamOperation = "generate" | "stream" | "count-tokens" | "embed";

/** Where a request goes, taken apart once per provider rather than with every request. */
export interface UpstreamAddress {
  /** Scheme, host and port: one connection pool each. */
  origin: string;
  /** Path and query. */
  path: string;
}

/** Tells the address of an operation on a model at a provider. */
export type AddressBook = (operation: UpstreamOperation, upstreamModel: string) => UpstreamAddress;

/**
 * Tells the address of each operation at a provider. `base_url` is taken as people write it: with or without the version
 * segment that the protocol's own SDK would add.
 */
export function createAddressBook(protocol: ProtocolName, baseUrl: string): AddressBook {
  const base = baseUrl.replace(/\/+$/, "");
  return protocol === "gemini" ? createGeminiBook(base) : createFixedBook(protocol, base);
}

/** All models of a provider under one address. */
function createFixedBook(protocol: Exclude<ProtocolName, "gemini">, base: string): AddressBook {
  const known = new Map<UpstreamOperation, UpstreamAddress>();
  return (operation) => {
    let address = known.get(operation);
    if (address === undefined) known.set(operation, (address = takeApart(fixedUrl(protocol, base, operation))));
    return address;
  };
}

function fixedUrl(protocol: Exclude<ProtocolName, "gemini">, base: string, operation: UpstreamOperation): string {
  const { pathname } = new URL(base);
  if (protocol === "anthropic-messages") {
    const root = /\/v\d+$/.test(pathname) ? base : `${base}/v1`;
    return `${root}/messages${operation === "count-tokens" ? "/count_tokens" : ""}`;
  }
  const root = pathname === "/" || pathname === "" ? `${base}/v1` : base;
  if (operation === "embed") return `${root}/embeddings`;
  if (protocol === "openai-chat") {
    // Moonshot's address; no other vendor of this protocol counts.
    return operation === "count-tokens" ? `${root}/tokenizers/estimate-token-count` : `${root}/chat/completions`;
  }
  return `${root}/responses${operation === "count-tokens" ? "/input_tokens" : ""}`;
}

/** https://ai.google.dev/api/generate-content: the model and what is asked of it are in the path. */
const geminiMethods: Readonly<Record<UpstreamOperation, string>> = {
  generate: "generateContent",
  stream: "streamGenerateContent?alt=sse",
  "count-tokens": "countTokens",
  embed: "batchEmbedContents",
};

function createGeminiBook(base: string): AddressBook {
  const root = /\/v\d+(?:(?:alpha|beta)\d*)?$/.test(new URL(base).pathname) ? base : `${base}/v1beta`;
  const known = new Map<string, Map<UpstreamOperation, UpstreamAddress>>();
  return (operation, upstreamModel) => {
    let book = known.get(upstreamModel);
    if (book === undefined) known.set(upstreamModel, (book = new Map<UpstreamOperation, UpstreamAddress>()));
    let address = book.get(operation);
    if (address === undefined) {
      const url = `${root}/${geminiModelPath(upstreamModel)}:${geminiMethods[operation]}`;
      book.set(operation, (address = takeApart(url)));
    }
    return address;
  };
}

/** `gemini-3-pro`, `models/gemini-3-pro` or `tunedModels/mine` as a path; a slash in a name stays one. */
function geminiModelPath(upstreamModel: string): string {
  const path = upstreamModel.split("/").map(encodeURIComponent).join("/");
  return /^(?:models|tunedModels)\//.test(path) ? path : `models/${path}`;
}

function takeApart(text: string): UpstreamAddress {
  const url = new URL(text);
  return { origin: url.origin, path: url.pathname + url.search };
}
