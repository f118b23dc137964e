import type { UpstreamAddress, UpstreamOperation } from "../endpoint-address.ts";
import type { Cloud, CloudRequest } from "./cloud.ts";
import { createSigner, type AwsCredential } from "./sign-aws-request.ts";
import { isEventStream, loadFrameDecoder, readEventStream, type FrameDecoder } from "./read-event-stream.ts";

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html */
const version = "bedrock-2023-05-31";

const actions: Readonly<Record<UpstreamOperation, string>> = {
  generate: "invoke",
  stream: "invoke-with-response-stream",
  "count-tokens": "count-tokens",
  embed: "invoke",
};

/**
 * Claude on Amazon Bedrock: InvokeModel and its stream
 * (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html).
 * @param now Unix milliseconds
 */
export function createBedrock(baseUrl: string, credential: AwsCredential, now: () => number): Cloud {
  const base = new URL(baseUrl.replace(/\/+$/, ""));
  const root = base.pathname === "/" ? "" : base.pathname;
  const sign = createSigner(credential, now);
  let decoder: FrameDecoder | undefined;

  return {
    address(operation, upstreamModel): UpstreamAddress {
      // An inference profile may be named by its ARN, whose slashes are not the path's.
      return { origin: base.origin, path: `${root}/model/${encodeURIComponent(upstreamModel)}/${actions[operation]}` };
    },
    shape(operation, _upstreamModel, request) {
      const shaped = shapeRequest(request);
      if (operation !== "count-tokens") return shaped;
      // The whole request in an envelope; the count wants a limit, as the request itself would.
      const counted = JSON.stringify({ max_tokens: 1, ...shaped.body });
      const body = { input: { invokeModel: { body: Buffer.from(counted).toString("base64") } } };
      return { body, headers: shaped.headers };
    },
    async authorize(call) {
      decoder ??= await loadFrameDecoder();
      return { ...call, headers: await sign(call) };
    },
    unframe(headers, inner) {
      return decoder !== undefined && isEventStream(headers) ? readEventStream(decoder, inner) : undefined;
    },
    readCount: (body) => (typeof body === "object" && body !== null && "inputTokens" in body ? body.inputTokens : null),
  };
}

/** The model stands in the path, whether it streams too; version and betas stand in the body. */
function shapeRequest({ body, headers }: CloudRequest): CloudRequest {
  const { model: _model, stream: _stream, ...rest } = body;
  const { "anthropic-version": _version, "anthropic-beta": betas, ...others } = headers;
  const shaped: Record<string, unknown> = { anthropic_version: version, ...rest };
  if (betas !== undefined) shaped.anthropic_beta = betas.split(",").map((beta) => beta.trim());
  return { body: shaped, headers: others };
}
