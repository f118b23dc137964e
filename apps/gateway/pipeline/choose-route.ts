import { RequestError, type ChatRequest } from "@onerouter/protocols";
import { kindOf, type Model } from "@onerouter/catalog";
import { autoModel, chooseModel, readTraits } from "../routing/choose-model.ts";
import { planRoute, type RouteQuestion } from "../routing/plan-route.ts";
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

type AskedModel = NamedModel & { model: Model };

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
  const { fallbacks, unmet } = findFallbacks(request, fields, setup, holder);
  const question = { access: setup.provider, wishes: withForeignNames(fields.provider.wishes, setup), needs };
  const { model, suffixes } = named;
  if (model !== undefined) {
    const asked = listAsked([{ model, suffixes }, ...fallbacks]);
    return refuseEmpty(withUnmet(planRoute({ ...question, ...asked }, context.knowledge, now), unmet));
  }
  const wishes = addSuffixes(question.wishes, suffixes);
  const promptTokens = needs.mediaTokens + Math.ceil(needs.promptBytes / 4);
  const isThinking = request.reasoning !== undefined && request.reasoning.mode !== "off";
  const traits = readTraits(needs, wishes, promptTokens, isThinking);
  // A list of models bounds the choice.
  const among = listChoices(fallbacks, unmet, holder, setup);
  const choose = { ...question, wishes, suffixes: among.map((one) => one.suffixes) };
  const choice = chooseModel(
    among.map((one) => one.model),
    traits,
    choose,
    context.knowledge,
    now,
  );
  if (choice === undefined) {
    throw new RequestError({
      code: "invalid_request",
      message: `model: none of the ${among.length} models that ${autoModel} chooses among can serve this request`,
      param: "model",
    });
  }
  const { explanation, ...chosen } = choice;
  const plan = planRoute({ ...question, wishes, ...chosen }, context.knowledge, now);
  return refuseEmpty(withUnmet({ ...plan, choice: explanation }, unmet));
}

/** What `onerouter/auto` chooses among. @throws RequestError 403 if the key may use none of it */
function listChoices(
  fallbacks: readonly AskedModel[],
  unmet: readonly UnmetFallback[],
  holder: KeyHolder,
  { catalogue }: Setup,
): readonly AskedModel[] {
  if (fallbacks.length > 0) return fallbacks;
  const models = catalogueOf(holder, catalogue).models();
  const chatModels = models.filter((model) => kindOf(model) === "chat");
  const barred = unmet.find(({ reason }) => reason === forbidden);
  if (barred === undefined && (chatModels.length > 0 || holder?.models === undefined)) {
    return chatModels.map((model) => ({ model, suffixes: [] }));
  }
  refuseForbidden(`${autoModel} has no model to choose from`, holder, barred?.field ?? "model");
}

/** A model to fall back on that cannot be, or what of its name has no effect. */
interface UnmetFallback {
  field: string;
  reason: string;
  /** Left out of the plan. */
  model?: Model;
}

const forbidden = "is not among the models of the key";

/** Models to fall back on. Those that the key may not use are left out, each with the field that names it. */
function findFallbacks(
  request: ChatRequest,
  fields: GatewayFields,
  setup: Setup,
  holder: KeyHolder,
): { fallbacks: AskedModel[]; unmet: readonly UnmetFallback[] } {
  const fallbacks: AskedModel[] = [];
  const unmet: UnmetFallback[] = [];
  for (const { name, field } of fields.fallbackModels) {
    if (name === request.model) continue;
    const { model, suffixes } = findModel(name, field, setup, holder);
    if (model === undefined) {
      unmet.push({ field, reason: `${autoModel} is no model to fall back on` });
      continue;
    }
    if (suffixes.includes("thinking")) unmet.push({ field, reason: ":thinking is heard of the first model alone" });
    if (isAllowed(model, setup.catalogue, holder)) fallbacks.push({ model, suffixes });
    else unmet.push({ model, field, reason: forbidden });
  }
  return { fallbacks, unmet };
}

function withUnmet(plan: RoutePlan, unmet: readonly UnmetFallback[]): RoutePlan {
  if (unmet.length === 0) return plan;
  const left = unmet.flatMap(({ model, field, reason }) =>
    (model?.endpoints ?? []).map((endpoint): Exclusion => ({ endpoint, field, reason })),
  );
  return { ...plan, excluded: [...plan.excluded, ...left], unmet };
}

/** `:thinking` is a wish about the request itself; the client's own text does not have it. */
export function applySuffixes(request: ChatRequest, fields: GatewayFields, setup: Setup): void {
  if (!request.model.includes(":thinking") || setup.catalogue.resolve(request.model) !== undefined) return;
  if (!readModelName(request.model).suffixes.includes("thinking")) return;
  request.reasoning ??= { mode: "auto" };
  fields.isInBody = true;
}

/** Each once: the same model may be asked for with a suffix first, and without it then. */
function listAsked([first, ...rest]: readonly [AskedModel, ...AskedModel[]]): Pick<
  RouteQuestion,
  "models" | "suffixes"
> {
  const isSame = (one: AskedModel, other: AskedModel): boolean =>
    one.model === other.model && one.suffixes.join() === other.suffixes.join();
  const asked = [first, ...rest];
  const others = rest.filter((one, at) => asked.findIndex((other) => isSame(one, other)) === at + 1);
  return {
    models: [first.model, ...others.map(({ model }) => model)],
    suffixes: [first, ...others].map(({ suffixes }) => suffixes),
  };
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
