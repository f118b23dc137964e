import { createCanonicalizer, type Canonicalizer } from "./canonical-id.ts";
import type { KnownProvider } from "./known-provider.ts";
import { knownProviders } from "./known-providers.ts";
import type { Offer, OfferData } from "./offer.ts";
import { isCount, isObject, readCost } from "./read-cost.ts";

/** What a file of models.dev's form says of the providers that are known here. */
export interface ReadOffers {
  providers: OfferData;
  /** Entries that were looked at. */
  count: number;
  /** Entries that cannot be used at all. */
  broken: number;
  /** `provider upstream-id` of those whose price cannot be read: they are unpriced. */
  unpriced: string[];
}

/**
 * Reads a file of models.dev's form, or of our own, trusting none of it.
 *
 * @param knownIds public ids that are spelt right
 */
export function readOffers(file: unknown, knownIds: Iterable<string>): ReadOffers {
  const result = { count: 0, broken: 0, unpriced: new Array<string>() };
  const providers: Record<string, { models: Record<string, Offer> }> = {};
  const canonical = createCanonicalizer(knownIds);
  for (const provider of knownProviders) {
    const entries = modelsOf(file, provider);
    if (entries === undefined) continue;
    const models: Record<string, Offer> = {};
    for (const [upstreamId, entry] of Object.entries(entries)) {
      if (provider.only?.test(upstreamId) === false || makesNoText(upstreamId, entry)) continue;
      result.count += 1;
      const read = readOffer(upstreamId, entry, provider, canonical);
      if (read === undefined) result.broken += 1;
      else {
        models[upstreamId] = read.offer;
        if (read.malformedCost) result.unpriced.push(`${provider.id} ${upstreamId}`);
      }
    }
    providers[provider.id] = { models };
  }
  return { providers, ...result };
}

function modelsOf(file: unknown, { id, sources }: KnownProvider): Record<string, unknown> | undefined {
  if (!isObject(file)) return undefined;
  const providers = typeof file.date === "string" && isObject(file.providers) ? file.providers : file;
  const entry = providers[sources.modelsDev ?? sources.limits ?? id] ?? providers[id];
  return isObject(entry) && isObject(entry.models) ? entry.models : undefined;
}

/** Models for other work than chats and embeddings; Google's and OpenAI's ids tell, where no modalities do. */
export function makesNoText(upstreamId: string, entry?: unknown): boolean {
  const modalities = isObject(entry) && isObject(entry.modalities) ? entry.modalities.output : undefined;
  if (Array.isArray(modalities) && !modalities.includes("text")) return true;
  return otherWork.test(upstreamId);
}

const otherWork =
  /whisper|tts|audio|transcribe|realtime|image|dall-e|sora|veo|imagen|moderation|rerank|ocr|sonic|computer-use|live|speech|^~|^regional\.|(?:^|\/)routers\/|[-/]auto$/i;

/** models.dev does not tell embeddings from chats. */
export function makesVectors(upstreamId: string): boolean {
  return /embed|bge-|voyage/i.test(upstreamId);
}

function readOffer(
  upstreamId: string,
  entry: unknown,
  provider: KnownProvider,
  { idOf }: Canonicalizer,
): { offer: Offer; malformedCost: boolean } | undefined {
  if (!isObject(entry) || !/^[\x21-\x7e]{1,200}$/.test(upstreamId)) return undefined;
  const limit = readLimit(entry.limit);
  if (limit === "malformed") return undefined;
  const stated = typeof entry.model === "string" && /^[\w.-]+\/[\w.:-]+$/.test(entry.model) ? entry.model : undefined;
  const offer: Offer = { model: stated ?? idOf(upstreamId, provider.id, provider.author) };
  if (typeof entry.name === "string" && entry.name.length <= 200) offer.name = entry.name;
  if (makesVectors(upstreamId)) offer.kind = "embedding";
  if (typeof entry.reasoning === "boolean") offer.reasoning = entry.reasoning;
  if (typeof entry.tool_call === "boolean") offer.tool_call = entry.tool_call;
  const input = isObject(entry.modalities) ? readModalities(entry.modalities.input) : undefined;
  if (input !== undefined) offer.modalities = { input, output: ["text"] };
  if (limit !== undefined) offer.limit = limit;
  const cost = readCost(entry.cost, /[:-]free$/.test(upstreamId));
  if (cost !== undefined && cost !== "malformed") offer.cost = cost;
  if (typeof entry.release_date === "string" && isDate(entry.release_date)) offer.release_date = entry.release_date;
  if (typeof entry.quantization === "string" && /^[a-z0-9]{1,20}$/.test(entry.quantization)) {
    offer.quantization = entry.quantization;
  }
  if (entry.status === "deprecated") offer.status = "deprecated";
  return { offer, malformedCost: cost === "malformed" };
}

/** A limit of 0 is one that is not known. */
function readLimit(value: unknown): Offer["limit"] | "malformed" {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) return "malformed";
  const limit: NonNullable<Offer["limit"]> = {};
  for (const name of ["context", "output"] as const) {
    const tokens = value[name];
    if (tokens === undefined || tokens === null || tokens === 0) continue;
    if (!isCount(tokens)) return "malformed";
    limit[name] = tokens;
  }
  return limit;
}

const modalityNames: Readonly<Record<string, string>> = { pdf: "file" };

function readModalities(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const names = value.filter((name) => typeof name === "string" && /^[a-z]{1,20}$/.test(name)) as string[];
  return names.includes("text") ? [...new Set(names.map((name) => modalityNames[name] ?? name))] : undefined;
}

function isDate(text: string): boolean {
  return /^20\d\d-[01]\d-[0-3]\d$/.test(text) && !Number.isNaN(Date.parse(text));
}
