import { answerMessages } from "../anthropic-messages/answer-messages.ts";
import { findProfile } from "../anthropic-messages/profile.ts";
import { serveMessages } from "../anthropic-messages/serve-messages.ts";
import { invalidRequest, Refusal } from "../answer.ts";
import type { Answer } from "../answer.ts";
import type { Exchange } from "../exchange.ts";
import { asArray } from "../json-object.ts";
import type { ProtocolServer } from "../protocol-server.ts";
import { readAccessKey, verifySignature } from "./verify-signature.ts";

const version = "bedrock-2023-05-31";
const exceptions: Record<number, string> = {
  400: "ValidationException",
  403: "AccessDeniedException",
  404: "ResourceNotFoundException",
  408: "ModelTimeoutException",
  424: "ModelErrorException",
  429: "ThrottlingException",
  500: "InternalServerException",
  503: "ServiceUnavailableException",
};

/**
 * Claude at Amazon Bedrock: Anthropic's protocol with the model in the path, a signed request and a binary event stream
 * (docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html).
 */
export function serveBedrock(streams: boolean): ProtocolServer {
  const messages = serveMessages("anthropic", false);
  return {
    ...messages,
    readKey: ({ authorization }) =>
      // Bedrock's API keys are bearer tokens; only requests with an access key are signed.
      /^Bearer\s+(.+)$/i.exec(authorization ?? "")?.[1]?.trim() ?? readAccessKey(authorization),
    unauthorized: () =>
      new Refusal(403, "Missing Authentication Token", { type: "MissingAuthenticationTokenException" }),
    verify: (incoming, { awsSecretKeys, now }) => {
      if (/^Bearer\s/i.test(incoming.headers.authorization ?? "")) return;
      verifySignature(incoming, awsSecretKeys, now);
    },
    answer: (exchange) => answerBedrock(exchange, streams),
    errorBody: ({ message }) => ({ message }),
    errorHeaders: ({ status, details }) => ({
      "x-amzn-errortype": details.type?.endsWith("Exception")
        ? details.type
        : (exceptions[status] ?? "InternalServerException"),
    }),
    statusRefusal: (status) => new Refusal(status, `mock fault with status ${status}`),
    errorEvent: (type) => {
      const name = { overloaded_error: "serviceUnavailableException", rate_limit_error: "throttlingException" }[type];
      return {
        event: `exception:${name ?? "internalServerException"}`,
        data: JSON.stringify({
          message: "The system encountered an unexpected error during processing. Try your request again.",
        }),
        content: false,
      };
    },
    headers: (requestId) => ({ "x-amzn-requestid": requestId }),
  };
}

function answerBedrock(exchange: Exchange, streams: boolean): Answer {
  const { anthropic_version: asked, anthropic_beta: betas, ...rest } = exchange.body;
  if (exchange.strictness.strict) {
    if (asked === undefined) throw malformed("required key [anthropic_version] not found");
    if (asked !== version) throw invalidRequest(`anthropic_version: Input should be '${version}'`);
    for (const field of ["model", "stream"]) {
      if (rest[field] !== undefined) throw malformed(`extraneous key [${field}] is not permitted`);
    }
  }
  const model = readModel(exchange.model);
  const inner: Exchange = {
    ...exchange,
    model,
    body: { ...rest, model, stream: streams },
    headers: {
      "anthropic-version": "2023-06-01",
      ...(betas === undefined ? {} : { "anthropic-beta": asArray(betas).join(",") }),
    },
  };
  const answer = answerMessages(inner, findProfile("anthropic"));
  return answer.kind === "stream" ? { ...answer, framing: "aws-event-stream" } : answer;
}

// Such as us.anthropic.claude-sonnet-4-5-20250929-v1:0, or an inference profile's ARN that ends so.
function readModel(id: string): string {
  const claude = /(?:^|[./])anthropic\.(claude-[a-z0-9.-]+?)(?:-v\d+(?::\d+)?)?$/.exec(id)?.[1];
  if (claude !== undefined) return claude;
  throw new Refusal(400, "The provided model identifier is invalid.");
}

function malformed(what: string): Refusal {
  return new Refusal(400, `Malformed input request: #: ${what}, please reformat your input and try again.`);
}
