import { buildCatalogue, type Catalogue } from "@onerouter/catalog";
import { generic } from "@onerouter/protocols/vendors/generic";
import { createKnowledge } from "../../../apps/gateway/routing/knowledge.ts";
import { learnFromAnswer } from "../../../apps/gateway/routing/learn-from-answer.ts";
import { planRoute } from "../../../apps/gateway/routing/plan-route.ts";
import type { RequestNeeds } from "../../../apps/gateway/routing/request-needs.ts";
import { noWishes } from "../../../apps/gateway/routing/routing-wishes.ts";
import type { Offer } from "../fleet.ts";
import type { SimulatedSession } from "../workload.ts";
import type { CreatePolicy } from "./policy.ts";

const modelId = "moonshotai/kimi-k2-thinking";

/** The gateway's own planner and health, fed as the pipeline feeds them. */
export const ours: CreatePolicy = (fleet) => {
  const knowledge = createKnowledge((_, bytes) => Math.ceil(bytes / 4));
  const access = () => ({ apiKeys: ["key"], profile: () => generic });
  let catalogue: Catalogue | undefined;
  let offers = "";

  /** A refreshed price list makes a new catalogue. */
  function catalogueAt(now: number): Catalogue {
    const current = fleet.map(({ name, offerAt }) => [name, offerAt(now)] as const);
    const text = JSON.stringify(current);
    if (catalogue === undefined || text !== offers) {
      offers = text;
      catalogue = buildCatalogue(Object.fromEntries(current.map(([name, offer]) => [name, toProvider(offer)])), {});
    }
    return catalogue;
  }

  return {
    name: "OneRouter",
    plan(session, step) {
      const now = session.turns[step]?.at ?? 0;
      const model = catalogueAt(now).resolve(modelId);
      if (model === undefined) throw new Error("the model is gone");
      const needs = needsOf(session, step);
      const { candidates } = planRoute({ models: [model], access, wishes: noWishes, needs }, knowledge, now);
      return candidates.map(({ endpoint }) => fleet.findIndex(({ name }) => name === endpoint.provider));
    },
    learn(session, step, endpoint, { end, usage, firstMs, durationMs }) {
      const now = session.turns[step]?.at ?? 0;
      const name = fleet[endpoint]?.name ?? "";
      const offered = catalogueAt(now)
        .resolve(modelId)
        ?.endpoints.find(({ provider }) => provider === name);
      if (offered === undefined) throw new Error("the endpoint is gone");
      const key = `${name}\n${offered.upstreamId}`;
      const pair = `${key}\n0`;
      const finish = knowledge.health.begin(key, pair, now);
      finish({ end, durationMs, ...(end === "failed" ? {} : { ttftMs: firstMs, usage }) }, now);
      if (end !== "failed")
        learnFromAnswer({ endpoint: offered, key, pair }, needsOf(session, step), usage, knowledge, now);
    },
  };
};

function toProvider({ input, output, cacheRead, cacheWrite }: Offer) {
  const pricing = {
    prompt: input,
    completion: output,
    ...(cacheRead === undefined ? {} : { cache_read: cacheRead }),
    ...(cacheWrite === undefined ? {} : { cache_write: cacheWrite }),
  };
  return {
    protocol: "openai-chat",
    base_url: "http://127.0.0.1:9/v1",
    models: { [modelId]: { context_length: 262_144, pricing } },
  } as const;
}

function needsOf({ id, tools, bytesPerToken, turns }: SimulatedSession, step: number): RequestNeeds {
  return {
    promptBytes: Math.round((turns[step]?.promptTokens ?? 0) * bytesPerToken),
    mediaTokens: 0,
    tools,
    images: false,
    documents: false,
    turns: step,
    session: String(id),
  };
}
