import { RequestError, type ChatRequest } from "@onerouter/protocols";
import { kindOf, type Model } from "@onerouter/catalog";
import { autoModel, chooseModel, readTraits } from "../routing/choose-model.ts";
import { planRoute } from "../routing/plan-route.ts";
import { addSuffixes, readModelName, type ModelSuffix } from "../routing/read-model-name.ts";
import type { RequestNeeds } from "../routing/request-needs.ts";
import type { Exclusion, RoutePlan } from "../routing/route-plan.ts";
import type { RoutingWishes } from "../routing/routing-wishes.ts";
import type { InferenceContext, Setup } from "./inference-context.ts";
import type { GatewayFields } from "./fields/read-gateway-fields.ts";
import {
  catalogueOf,
  checkAllowed,
  isAllowed,
  refuseForbidden,
  resolveModel,
  type KeyHolder,
} from "./resolve-model.ts";

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
 * @param holder whose key it came with; undefined for a request that nobody makes
 * @throws RequestError 404 for a model that is not here, 403 for one that the key may not use, 400 if the wishes leave out
 *   every endpoint
 */
export function chooseRoute(
  request: ChatRequest,
  fields: GatewayFields,
  needs: RequestNeeds,
  context: RouteContext,
  setup: Setup,
  holder: KeyHolder,
): RoutePlan {
  const now = context.now();
  const { catalogue } = setup;
  const named = findModel(request.model, "model", setup, holder);
  if (named.model !== undefined) checkAllowed(named.model, request.model, catalogue, holder);
  const { fallbacks, forbidden } = findFallbacks(request, fields, setup, holder);
  const wishes = withForeignNames(addSuffixes(fields.provider.wishes, named.suffixes), setup);
  const question = { access: setup.provider, wishes, needs };
  const { model } = named;
  if (model !== undefined) {
    const models = distinct([model, ...fallbacks]);
    return refuseEmpty(withForbidden(planRoute({ ...question, models }, context.knowledge, now), forbidden));
  }
  const promptTokens = needs.mediaTokens + Math.ceil(needs.promptBytes / 4);
  const isThinking = request.reasoning !== undefined && request.reasoning.mode !== "off";
  const traits = readTraits(needs, wishes, promptTokens, isThinking);
  // A list of models bounds the choice.
  const among = listChoices(fallbacks, forbidden, holder, setup);
  const choice = chooseModel(among, traits, question, context.knowledge, now);
  if (choice === undefined) {
    throw new RequestError({
      code: "invalid_request",
      message: `model: none of the ${among.length} models that ${autoModel} chooses among can serve this request`,
      param: "model",
    });
  }
  const plan = planRoute({ ...question, models: choice.models }, context.knowledge, now);
  return refuseEmpty(withForbidden({ ...plan, choice: choice.explanation }, forbidden));
}

/** What `onerouter/auto` chooses among. @throws RequestError 403 if the key may use none of it */
function listChoices(
  fallbacks: readonly Model[],
  [barred]: readonly ForbiddenModel[],
  holder: KeyHolder,
  { catalogue }: Setup,
): readonly Model[] {
  if (fallbacks.length > 0) return fallbacks;
  const models = catalogueOf(holder, catalogue).models();
  const chatModels = models.filter((model) => kindOf(model) === "chat");
  if (barred === undefined && (chatModels.length > 0 || holder?.models === undefined)) return chatModels;
  refuseForbidden(`${autoModel} has no model to choose from`, holder, barred?.field ?? "model");
}

/** Models to fall back on that the key may not use are left out, each with the field that names it. */
function findFallbacks(
  request: ChatRequest,
  fields: GatewayFields,
  setup: Setup,
  holder: KeyHolder,
): { fallbacks: Model[]; forbidden: readonly ForbiddenModel[] } {
  const fallbacks: Model[] = [];
  const forbidden: ForbiddenModel[] = [];
  for (const { name, field } of fields.fallbackModels) {
    if (name === request.model) continue;
    const { model } = findModel(name, field, setup, holder);
    if (model === undefined) continue;
    if (isAllowed(model, setup.catalogue, holder)) fallbacks.push(model);
    else forbidden.push({ model, field });
  }
  return { fallbacks, forbidden };
}

interface ForbiddenModel {
  model: Model;
  field: string;
}

function withForbidden(plan: RoutePlan, forbidden: readonly ForbiddenModel[]): RoutePlan {
  if (forbidden.length === 0) return plan;
  const left = forbidden.flatMap(({ model, field }) =>
    model.endpoints.map((endpoint): Exclusion => ({ endpoint, field, reason: forbiddenFallback })),
  );
  return { ...plan, excluded: [...plan.excluded, ...left], forbidden: forbidden.map(({ field }) => field) };
}

/** Why a model to fall back on is left out. */
export const forbiddenFallback = "is not among the models of the key";

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
function findModel(name: string, field: string, { catalogue }: Setup, holder: KeyHolder): NamedModel {
  if (name === autoModel) return { model: undefined, suffixes: [] };
  const resolve = (called: string): Model => resolveModel(called, catalogue, holder, "chat", field);
  // A model whose own name ends like that is meant first.
  if (catalogue.resolve(name) !== undefined) return { model: resolve(name), suffixes: [] };
  const { base, suffixes } = readModelName(name);
  if (base === autoModel) return { model: undefined, suffixes };
  return catalogue.resolve(base) === undefined
    ? { model: resolve(name), suffixes: [] }
    : { model: resolve(base), suffixes };
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
