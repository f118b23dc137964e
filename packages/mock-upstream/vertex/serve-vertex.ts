import { answerCount, answerMessages } from "../anthropic-messages/answer-messages.ts";
import { findProfile } from "../anthropic-messages/profile.ts";
import { serveMessages } from "../anthropic-messages/serve-messages.ts";
import { invalidRequest, Refusal } from "../answer.ts";
import type { Answer } from "../answer.ts";
import type { Exchange } from "../exchange.ts";
import type { ProtocolServer } from "../protocol-server.ts";

const version = "vertex-2023-10-16";

/**
 * Claude at Google's Vertex AI: Anthropic's protocol with the model in the path and Google's access token
 * (docs.cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/use-claude).
 */
export function serveVertex(): ProtocolServer {
  return {
    ...serveMessages("anthropic", false),
    readKey: (headers) => /^Bearer\s+(.+)$/i.exec(headers.authorization ?? "")?.[1]?.trim() ?? "",
    unauthorized: () =>
      new Refusal(
        401,
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
        { type: "UNAUTHENTICATED" },
      ),
    answer: answerVertex,
  };
}

function answerVertex(exchange: Exchange): Answer {
  const { anthropic_version: asked, ...rest } = exchange.body;
  const isCount = exchange.model === "count-tokens";
  if (exchange.strictness.strict) {
    if (asked === undefined) throw invalidRequest("anthropic_version: Field required");
    if (asked !== version) throw invalidRequest(`anthropic_version: Input should be '${version}'`);
    if (rest.model !== undefined && !isCount) throw invalidRequest("model: Extra inputs are not permitted");
  }
  const profile = findProfile("anthropic");
  // claude-sonnet-4-5@20250929 is claude-sonnet-4-5-20250929 elsewhere; counting names the model in the body.
  const model = (isCount ? String(rest.model) : exchange.model).replace("@", "-");
  const headers = { "anthropic-version": "2023-06-01", ...exchange.headers };
  const inner = { ...exchange, model, body: { ...rest, model }, headers };
  if (profile.knowsModel(model)) return isCount ? answerCount(inner, profile) : answerMessages(inner, profile);
  throw new Refusal(404, `Publisher Model \`${model}\` was not found or your project does not have access to it.`, {
    type: "NOT_FOUND",
  });
}
