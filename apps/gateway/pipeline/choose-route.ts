import { RequestError, refuseField, type ChatRequest } from "@onerouter/protocols";
import { kindOf, type Model, type ModelKind } from "@onerouter/catalog";
import { autoModel, chooseModel, readTraits } from "../routing/choose-model.ts";
import { planRoute } from "../routing/plan-route.ts";
import { addSuffixes, readModelName, type ModelSuffix } from "../routing/read-model-name.ts";
import type { RequestNeeds } from "../routing/request-needs.ts";
import type { RoutePlan } from "../routing/route-plan.ts";
import type { RoutingWishes } from "../routing/routing-wishes.ts";
import type { InferenceContext, Setup } from "./inference-context.ts";
import type { GatewayFields } from "./fields/read-gateway-fields.ts";

/** What a plan is made with. */
export type RouteContext = Pick<InferenceContext, "knowledge" | "now">;

/** A model's name taken apart. */
interface NamedModel {
  /** Undefined: the gateway chooses. */
  model: Model | undefined;
  suffixes: readonly ModelSuffix[];
}

/**
 * The plan for a request: the models it names, its wishes, and what is known of their endpoints.
 * @throws RequestError 404 for a model that is not here, 400 if the wishes leave out every endpoint
 */
export function chooseRoute(
  request: ChatRequest,
  fields: GatewayFields,
  needs: RequestNeeds,
  context: RouteContext,
  setup: Setup,
): RoutePlan {
  const now = context.now();
  const named = findModel(request.model, "model", setup);
  const fallbacks = fields.fallbackModels
    .filter(({ name }) => name !== request.model)
    .map(({ name, field }) => findModel(name, field, setup).model)
    .filter((model) => model !== undefined);
  const wishes = withForeignNames(addSuffixes(fields.provider.wishes, named.suffixes), setup);
  const question = { access: setup.provider, wishes, needs };
  const { model } = named;
  if (model !== undefined) {
    const models = distinct([model, ...fallbacks]);
    return refuseEmpty(planRoute({ ...question, models }, context.knowledge, now));
  }
  const promptTokens = needs.mediaTokens + Math.ceil(needs.promptBytes / 4);
  const isThinking = request.reasoning !== undefined && request.reasoning.mode !== "off";
  const traits = readTraits(needs, wishes, promptTokens, isThinking);
  // A list of models bounds the choice.
  const among = fallbacks.length > 0 ? fallbacks : setup.catalogue.models().filter((one) => kindOf(one) === "chat");
  const choice = chooseModel(among, traits, question, context.knowledge, now);
  if (choice === undefined) {
    throw new RequestError({
      code: "invalid_request",
      message: `model: none of the ${among.length} models that ${autoModel} chooses among can serve this request`,
      param: "model",
    });
  }
  const plan = planRoute({ ...question, models: choice.models }, context.knowledge, now);
  return refuseEmpty({ ...plan, choice: choice.explanation });
}

/** `:thinking` is a wish about the request itself; the client's own text does not have it. */
export function applySuffixes(request: ChatRequest, fields: GatewayFields, setup: Setup): void {
  if (!request.model.includes(":thinking") || setup.catalogue.resolve(request.model) !== undefined) return;
  if (!readModelName(request.model).suffixes.includes("thinking")) return;
  request.reasoning ??= { mode: "auto" };
  fields.isInBody = true;
}

function distinct([first, ...rest]: [Model, ...Model[]]): [Model, ...Model[]] {
  return [first, ...rest.filter((model, at) => model !== first && rest.indexOf(model) === at)];
}

/** @throws RequestError 404 naming the field */
function findModel(name: string, field: string, setup: Setup): NamedModel {
  if (name === autoModel) return { model: undefined, suffixes: [] };
  // A model whose own name ends like that is meant first.
  if (setup.catalogue.resolve(name) !== undefined)
    return { model: resolveModel(name, setup, "chat", field), suffixes: [] };
  const { base, suffixes } = readModelName(name);
  if (base === autoModel) return { model: undefined, suffixes };
  return setup.catalogue.resolve(base) === undefined
    ? { model: resolveModel(name, setup, "chat", field), suffixes: [] }
    : { model: resolveModel(base, setup, "chat", field), suffixes };
}

/** @throws RequestError 404, or 400 for a model that makes something else. */
export function resolveModel(name: string, setup: Setup, kind: ModelKind = "chat", field = "model"): Model {
  const model = setup.catalogue.resolve(name);
  if (model !== undefined) {
    if (kindOf(model) !== kind) {
      refuseField(field, kind === "chat" ? "makes embeddings: ask at /v1/embeddings" : "does not make embeddings");
    }
    return model;
  }
  const nearest = setup.catalogue.suggest(name);
  throw new RequestError({
    code: "model_not_found",
    message: `${field}: ${JSON.stringify(name.slice(0, 200))} is not a model here${nearest === undefined ? "" : `; did you mean ${JSON.stringify(nearest)}?`}`,
    param: field,
  });
}

/** `only` may name providers of an upstream that is a gateway itself. */
function withForeignNames(wishes: RoutingWishes, setup: Setup): RoutingWishes {
  const { only } = wishes;
  if (only === undefined || only.every((name) => isProvider(name, setup))) return wishes;
  return { ...wishes, onlyElsewhere: true };
}

/** Whether a provider here is called so. */
export function isProvider(name: string, { catalogue }: Setup): boolean {
  const wanted = name.toLowerCase();
  return catalogue.providers().some((provider) => provider.name.toLowerCase() === wanted);
}

/** Endpoints a refusal names. */
const mostNamed = 8;

/** @throws RequestError 400 naming the field, and why every endpoint was left out. */
export function refuseEmpty(plan: RoutePlan): RoutePlan {
  const [first] = plan.excluded;
  if (plan.candidates.length > 0 || first === undefined) return plan;
  const named = plan.excluded
    .slice(0, mostNamed)
    .map(({ endpoint, field, reason }) => `${endpoint.provider}/${endpoint.upstreamId} (${field}: ${reason})`);
  const more = plan.excluded.length > mostNamed ? `; and ${plan.excluded.length - mostNamed} more` : "";
  throw new RequestError({
    code: "invalid_request",
    message: `${first.field}: every endpoint of ${plan.model.id} is left out: ${named.join("; ")}${more}`,
    param: first.field,
  });
}
