import type { PriceList } from "@onerouter/catalog";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { answerWell } from "./answer-well.ts";
import type { Heard, Json } from "./call.ts";
import { chatClient } from "./client-dialects.ts";
import { startScriptedUpstream, type Handler, type ScriptedUpstream } from "./scripted-upstream.ts";
import { startTestGateway, type TestGateway, type TestGatewayOptions } from "./start-test-gateway.ts";

/** A gateway before providers that differ in everything a client may choose them by, for tests of who is asked. */
export interface PricedFleet {
  readonly gateway: TestGateway;
  readonly upstream: ScriptedUpstream;
  /** What providers do other than answer well. */
  readonly odd: Map<string, Handler>;
  /** The address of a provider here. */
  urlOf(provider: string): string;
  /** From here on the model is at these providers alone, at these prices. */
  setPrices(prices: Record<string, PriceList>): void;
  /** The providers asked, in order, since the last look. */
  asked(): string[];
  /** Who answers a request for a short text, after those that were asked before. */
  routeOf(fields: Json, client?: typeof chatClient, headers?: Record<string, string>): Promise<string[]>;
  streamRoute(fields: Json): Promise<string[]>;
  /** One streamed answer of this provider, to measure it. */
  streamFrom(provider: string): Promise<Heard>;
  /** What a request is refused with that asks nobody. */
  refusalOf(fields: Json): Promise<{ status: number; message: string; param: unknown }>;
}

/** For the tests of one file: an upstream for all of them, a gateway for each, as what one teaches must not route another. */
export function usePricedFleet(): PricedFleet {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  const odd = new Map<string, Handler>();
  const urlOf = (provider: string): string => `${upstream.url}/${provider}/v1`;
  const asked = (): string[] => upstream.seen.splice(0).map(({ path }) => providerOf(path));

  beforeAll(async () => {
    upstream = await startScriptedUpstream((response, request) => {
      const provider = providerOf(request.path);
      const handler = odd.get(provider);
      return handler === undefined ? answerWell(response, request, `from ${provider}`) : handler(response, request);
    });
  });
  beforeEach(async () => {
    gateway = await startTestGateway({ providers: pricedProviders(urlOf) });
  });
  afterEach(async () => {
    await gateway.stop();
    upstream.seen.splice(0);
    odd.clear();
  });
  afterAll(() => upstream.close());

  return {
    get gateway() {
      return gateway;
    },
    get upstream() {
      return upstream;
    },
    odd,
    urlOf,
    setPrices(prices) {
      const providers = Object.entries(prices).map(([name, pricing]) => [
        name,
        { protocol: "openai-chat" as const, base_url: urlOf(name), models: { "author/m": { pricing } } },
      ]);
      gateway.applyConfig({ providers: Object.fromEntries(providers) as TestGatewayOptions["providers"] });
    },
    asked,
    async routeOf(fields, client = chatClient, headers = {}) {
      upstream.seen.splice(0);
      const heard = await gateway.ask(client, { model: "author/m", ...fields }, { headers });
      const route = asked();
      expect([heard.status, client.text(heard)]).toEqual([200, `from ${route.at(-1)}`]);
      return route;
    },
    async streamRoute(fields) {
      upstream.seen.splice(0);
      expect((await gateway.ask(chatClient, { model: "author/m", stream: true, ...fields })).status).toBe(200);
      return asked();
    },
    streamFrom: (provider) =>
      gateway.ask(chatClient, { model: "author/m", stream: true, provider: { only: [provider] } }),
    async refusalOf(fields) {
      upstream.seen.splice(0);
      const heard = await gateway.ask(chatClient, { model: "author/m", ...fields });
      expect(asked()).toEqual([]);
      const { message, param } = chatClient.error(heard);
      return { status: heard.status, message, param };
    },
  };
}

export const price = (prompt: number, completion: number): Json => ({ pricing: { prompt, completion } });

export function pricedProviders(urlOf: (provider: string) => string): TestGatewayOptions["providers"] {
  const chat = (name: string) => ({ protocol: "openai-chat" as const, base_url: urlOf(name) });
  const large = { ...price(9, 9), context_length: 400_000 };
  return {
    cheap: {
      ...chat("cheap"),
      data_policy: { training: true, retention_days: 30 },
      models: { "author/m": { ...price(1, 1), quantization: "int4", context_length: 100_000 } },
    },
    middle: {
      ...chat("middle"),
      data_policy: { training: false, retention_days: 30 },
      models: {
        "author/m": { ...price(2, 2), quantization: "fp8", context_length: 200_000 },
        "author/second": price(5, 5),
      },
    },
    dear: {
      ...chat("dear"),
      data_policy: { training: false, retention_days: 0 },
      models: { "author/m": { ...price(4, 4), context_length: 200_000 }, "author/third": large },
    },
    free: { ...chat("free"), models: { "author/gratis": price(0, 0), "author/mixed": price(0, 0) } },
    paid: { ...chat("paid"), models: { "author/mixed": { ...price(1, 1), context_length: 900_000 } } },
    strict: { ...chat("strict"), vendor: "moonshot", models: { "kimi-k2.6": {} } },
    thinker: { ...chat("thinker"), vendor: "qwen", models: { "qwen3-max": {} } },
  };
}

function providerOf(path: string): string {
  return path.split("/")[1] ?? "";
}
