import type { ChatRequest } from "@onerouter/protocols";
import { explainPlan, type ExplainedPlan } from "../routing/explain-plan.ts";
import type { RequestNeeds } from "../routing/request-needs.ts";
import { chooseRoute, type RouteContext } from "./choose-route.ts";
import type { Setup } from "./inference-context.ts";
import { splitGatewayFields } from "./fields/read-gateway-fields.ts";
import type { KeyHolder } from "./resolve-model.ts";

/** A request that nobody makes: what its plan would be. */
export interface RouteInquiry {
  model: string;
  /** Tokens; default 1000. */
  promptTokens?: number;
  maxOutputTokens?: number;
  tools?: boolean;
  images?: boolean;
  reasoning?: boolean;
  /** Answers that the conversation would hold already. */
  turns?: number;
  /** `provider`, `models`, `fallback_models` and `fallback_rules`, as a request has them. */
  fields?: Readonly<Record<string, unknown>>;
}

const usualPrompt = 1_000;

/**
 * Plans the way of such a request with what is known at this moment.
 * @param holder whose key the request would come with; default nobody's, which may use every model
 * @throws RequestError as the request itself would
 */
export function explainRoute(
  inquiry: RouteInquiry,
  context: RouteContext,
  setup: Setup,
  holder?: KeyHolder,
): ExplainedPlan {
  const { fields } = splitGatewayFields({ ...inquiry.fields }, {});
  const request: ChatRequest = {
    model: inquiry.model,
    system: [],
    messages: [],
    tools: [],
    sampling: {},
    stream: true,
    extensions: {},
  };
  if (inquiry.reasoning === true) request.reasoning = { mode: "auto" };
  const needs: RequestNeeds = {
    promptBytes: 0,
    // Told in tokens: nothing has to be estimated.
    mediaTokens: inquiry.promptTokens ?? usualPrompt,
    tools: inquiry.tools === true,
    images: inquiry.images === true,
    documents: false,
    turns: inquiry.turns ?? 0,
    session: undefined,
  };
  if (inquiry.maxOutputTokens !== undefined) needs.maxOutputTokens = inquiry.maxOutputTokens;
  return explainPlan(chooseRoute(request, fields, needs, context, setup, holder));
}
