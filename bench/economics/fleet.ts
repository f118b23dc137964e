import { draw, drawBetween, purpose } from "./random.ts";

/** How an upstream's prompt cache behaves. */
export interface CacheBehaviour {
  /** Milliseconds that a prefix lives after its last use; 0: there is no cache. */
  ttlMs: number;
  /** The share of turns whose warm prefix is really found. */
  hitShare: number;
}

/** USD per million tokens. */
export interface Offer {
  input: number;
  output: number;
  cacheRead: number | undefined;
  cacheWrite: number | undefined;
}

/** An upstream as it really is, which nobody but the oracle knows. */
export interface SimulatedEndpoint {
  name: string;
  id: number;
  cache: CacheBehaviour;
  /** Share of attempts that fail before content, and that break after it. */
  failures: number;
  cuts: number;
  /** Milliseconds to the first token, and per token. */
  firstMs: number;
  perTokenMs: number;
  offerAt(time: number): Offer;
  isDown(time: number): boolean;
}

const minute = 60_000;
export const hour = 60 * minute;

interface Make {
  name: string;
  offer: Offer;
  cache: CacheBehaviour;
}

const fiveMinutes: CacheBehaviour = { ttlMs: 5 * minute, hitShare: 1 };
const oneHour: CacheBehaviour = { ttlMs: hour, hitShare: 1 };
const implicit = (hitShare: number): CacheBehaviour => ({ ttlMs: 8 * minute, hitShare });
const none: CacheBehaviour = { ttlMs: 0, hitShare: 0 };

/** One model at eight providers: the forms of price and cache that there are, in the range of Kimi K2 Thinking's prices. */
const makes: readonly Make[] = [
  { name: "maker", offer: { input: 0.6, output: 2.5, cacheRead: 0.15, cacheWrite: undefined }, cache: fiveMinutes },
  { name: "turbo", offer: { input: 1.15, output: 8, cacheRead: 0.15, cacheWrite: undefined }, cache: oneHour },
  { name: "writer", offer: { input: 0.55, output: 2.6, cacheRead: 0.11, cacheWrite: 0.69 }, cache: fiveMinutes },
  { name: "keeper", offer: { input: 0.65, output: 2.4, cacheRead: 0.12, cacheWrite: undefined }, cache: oneHour },
  { name: "lucky", offer: { input: 0.5, output: 2.2, cacheRead: 0.12, cacheWrite: undefined }, cache: implicit(0.75) },
  { name: "moody", offer: { input: 0.48, output: 2, cacheRead: 0.1, cacheWrite: undefined }, cache: implicit(0.35) },
  { name: "cheap", offer: { input: 0.38, output: 1.8, cacheRead: undefined, cacheWrite: undefined }, cache: none },
  { name: "plain", offer: { input: 0.45, output: 2.1, cacheRead: undefined, cacheWrite: undefined }, cache: none },
];

export interface FleetOptions {
  seed: number;
  /** Shares of all attempts. */
  failures: number;
  cuts: number;
}

/** Prices are changed every few hours, and every endpoint is down for some minutes a few times a day. */
export function createFleet({ seed, failures, cuts }: FleetOptions): SimulatedEndpoint[] {
  return makes.map(({ name, offer, cache }, id) => {
    const scale = drawBetween(0.9, 1.1, seed, id, purpose.price);
    return {
      name,
      id,
      cache,
      // Around the mean of the fleet: some are better than others.
      failures: failures * drawBetween(0.5, 1.5, seed, id, purpose.failure),
      cuts: cuts * drawBetween(0.5, 1.5, seed, id, purpose.cut),
      firstMs: drawBetween(400, 2500, seed, id, purpose.speed),
      perTokenMs: drawBetween(8, 40, seed, id, purpose.speed, 1),
      offerAt(time) {
        const factor = scale * driftAt(seed, id, time);
        const price = (usd: number | undefined): number | undefined =>
          usd === undefined ? undefined : round(usd * factor);
        return {
          input: round(offer.input * factor),
          output: round(offer.output * factor),
          cacheRead: price(offer.cacheRead),
          cacheWrite: price(offer.cacheWrite),
        };
      },
      isDown: (time) => isDownAt(seed, id, time),
    };
  });
}

const priceHours = 6;

/** A walk of steps of up to 10 %, which always comes back to 1. */
function driftAt(seed: number, id: number, time: number): number {
  const step = Math.floor(time / (priceHours * hour));
  return drawBetween(0.85, 1.15, seed, id, step, purpose.drift);
}

/** One outage of two to ten minutes in every six hours or so. */
function isDownAt(seed: number, id: number, time: number): boolean {
  const slot = Math.floor(time / (6 * hour));
  if (draw(seed, id, slot, purpose.outageAt) > 0.7) return false;
  const begin = slot * 6 * hour + drawBetween(0, 5.8 * hour, seed, id, slot, purpose.outageAt, 1);
  const length = drawBetween(2 * minute, 10 * minute, seed, id, slot, purpose.outageLength);
  return time >= begin && time < begin + length;
}

/** Prices have at most six decimals per million tokens. */
function round(usd: number): number {
  return Math.round(usd * 10_000) / 10_000;
}
