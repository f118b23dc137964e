import type { ProtocolName } from "@onerouter/protocols";
import type { UpstreamAddress, UpstreamOperation } from "../endpoint-address.ts";
import type { Cloud } from "./cloud.ts";
import { createTokenSource, type GoogleCredential } from "./fetch-google-token.ts";

/** https://docs.cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/use-claude */
const version = "vertex-2023-10-16";

export interface VertexPlace {
  project: string;
  location: string;
}

/**
 * Claude and Gemini on Google's Vertex AI.
 * @param now Unix milliseconds
 */
export function createVertex(
  protocol: ProtocolName,
  baseUrl: string,
  { project, location }: VertexPlace,
  credential: GoogleCredential,
): Cloud {
  const base = new URL(baseUrl.replace(/\/+$/, ""));
  const root = /\/v\d+(?:beta\d+)?$/.test(base.pathname)
    ? base.pathname
    : `${base.pathname === "/" ? "" : base.pathname}/v1`;
  const models = `${root}/projects/${encodeURIComponent(project)}/locations/${encodeURIComponent(location)}/publishers`;
  const token = createTokenSource(credential);

  return {
    address(operation, upstreamModel): UpstreamAddress {
      const path = protocol === "gemini" ? geminiPath(operation, upstreamModel) : claudePath(operation, upstreamModel);
      return { origin: base.origin, path: `${models}/${path}` };
    },
    shape(operation, upstreamModel, request) {
      if (protocol === "gemini") return request;
      const { model: _model, ...rest } = request.body;
      const { "anthropic-version": _version, ...headers } = request.headers;
      const body: Record<string, unknown> = { anthropic_version: version, ...rest };
      // One address counts for all models.
      if (operation === "count-tokens") body.model = upstreamModel;
      return { body, headers };
    },
    async authorize(call) {
      return { ...call, headers: { ...call.headers, authorization: `Bearer ${await token()}` } };
    },
  };
}

function claudePath(operation: UpstreamOperation, upstreamModel: string): string {
  if (operation === "count-tokens") return "anthropic/models/count-tokens:rawPredict";
  return `anthropic/models/${encodeURIComponent(upstreamModel)}:${operation === "stream" ? "streamRawPredict" : "rawPredict"}`;
}

function geminiPath(operation: UpstreamOperation, upstreamModel: string): string {
  const model = `google/models/${encodeURIComponent(upstreamModel)}`;
  switch (operation) {
    case "generate":
      return `${model}:generateContent`;
    case "stream":
      return `${model}:streamGenerateContent?alt=sse`;
    case "count-tokens":
      return `${model}:countTokens`;
    case "embed":
      return `${model}:batchEmbedContents`;
  }
}
