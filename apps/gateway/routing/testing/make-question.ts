import { buildCatalogue, type ModelOffer } from "@onerouter/catalog";
import { generic } from "@onerouter/protocols/vendors/generic";
import type { VendorProfile } from "@onerouter/protocols";
import type { RouteQuestion } from "../plan-route.ts";
import { createKnowledge, type Knowledge } from "../knowledge.ts";
import type { RequestNeeds } from "../request-needs.ts";
import type { RoutingWishes } from "../routing-wishes.ts";

export interface TestOffer extends ModelOffer {
  vendor?: string;
  data_policy?: { training?: boolean; retention_days?: number };
  keys?: number;
  profile?: Partial<VendorProfile>;
}

export const plainNeeds: RequestNeeds = {
  promptBytes: 4_000,
  mediaTokens: 0,
  tools: false,
  images: false,
  documents: false,
  turns: 0,
  session: undefined,
};

/** A question about one model at the providers named, or about several of them in a row. */
export function makeQuestion(
  offers: Readonly<Record<string, TestOffer>>,
  wishes: RoutingWishes = {},
  needs: Partial<RequestNeeds> = {},
): RouteQuestion {
  return makeQuestionOf({ "author/model": offers }, wishes, needs);
}

export function makeQuestionOf(
  models: Readonly<Record<string, Readonly<Record<string, TestOffer>>>>,
  wishes: RoutingWishes = {},
  needs: Partial<RequestNeeds> = {},
): RouteQuestion {
  const providers: Record<string, { offer: TestOffer; models: Record<string, ModelOffer> }> = {};
  for (const [id, offers] of Object.entries(models)) {
    for (const [name, { vendor: _, data_policy: __, keys: ___, profile: ____, ...model }] of Object.entries(offers)) {
      const offer = offers[name] ?? {};
      providers[name] = { offer, models: { ...providers[name]?.models, [id]: model } };
    }
  }
  const catalogue = buildCatalogue(
    Object.fromEntries(
      Object.entries(providers).map(([name, { offer, models: own }]) => [
        name,
        {
          protocol: "openai-chat",
          base_url: "http://127.0.0.1:9/v1",
          models: own,
          ...(offer.vendor === undefined ? {} : { vendor: offer.vendor }),
          ...(offer.data_policy === undefined ? {} : { data_policy: offer.data_policy }),
        },
      ]),
    ),
    {},
  );
  const [first, ...rest] = Object.keys(models).map((id) => catalogue.resolve(id));
  if (first === undefined) throw new Error("a question is about at least one model");
  return {
    models: [first, ...rest.filter((model) => model !== undefined)],
    access: (name) => ({
      apiKeys: Array.from({ length: providers[name]?.offer.keys ?? 1 }, (_, at) => `key-${at}`),
      profile: () => ({ ...generic, images: true, ...providers[name]?.offer.profile }),
    }),
    wishes,
    needs: { ...plainNeeds, ...needs },
  };
}

export function makeKnowledge(): Knowledge {
  return createKnowledge((_, bytes) => Math.ceil(bytes / 4));
}

export const price = (prompt: number, completion: number, cache_read?: number) => ({
  pricing: { prompt, completion, ...(cache_read === undefined ? {} : { cache_read }) },
});
