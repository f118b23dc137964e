import { refuseField, type ChatRequest } from "@onerouter/protocols";
import { decodeSearchFields } from "@onerouter/protocols/openai-chat/hosted-services";
import { isObject, type WireObject } from "@onerouter/protocols/wire/json-object";
import {
  checkDepth,
  readArray,
  readName,
  readObject,
  readOptionalBoolean,
  readOptionalString,
} from "@onerouter/protocols/wire/read-field";
import { headerValue, type Exchange } from "../downstream.ts";
import { readFallbackRules } from "./read-fallback-rules.ts";
import { readProviderPreferences, withoutOwn, type ProviderPreferences } from "./read-provider-preferences.ts";

/** What a request says to the gateway and not to a model, whatever protocol it is in. */
export interface GatewayFields {
  /** Rather no answer than one to less than was asked, see refuse-losses.ts. */
  strict: boolean;
  /** Nobody goes on with the answer if its upstream dies. */
  staysBroken: boolean;
  provider: ProviderPreferences;
  /** Models to fall back on, in order, by the names the client gave them. */
  fallbackModels: readonly FallbackModel[];
  sessionId?: string;
  /** OpenRouter's way of asking for the usage chunk. */
  includeUsage: boolean;
  /** The body has such fields: its text may not go to a provider as it is. */
  isInBody: boolean;
  /** The other fields as they came, for an upstream that is a gateway itself; empty for most requests. */
  wire: Readonly<WireObject>;
}

/** A model to fall back on, and the field that names it. */
export interface FallbackModel {
  name: string;
  field: string;
}

/** Each of them may have endpoints by the dozen. */
const mostFallbackModels = 16;

/** Longest `session_id`, in characters, as at OpenRouter. */
const maxSessionLength = 256;

/**
 * The one list of fields that no provider may see: OpenRouter's (https://openrouter.ai/docs/api-reference/overview), which
 * it takes in every protocol, and `strict`, our own.
 */
const readers: Readonly<Record<string, (value: unknown, field: string) => unknown>> = {
  provider: readObject,
  models: readModels,
  // The public documents of OneRouter's hosted namesake call them so.
  fallback_models: readModels,
  fallback_rules: readFallbackRules,
  // Messages: models with fields of their own, or a word for the provider's choice.
  fallbacks: (value, field) => (typeof value === "string" ? [] : readArray(value, field).map(readFallback)),
  route: readName,
  session_id: readSessionId,
  plugins: readArray,
  transforms: readNames,
  preset: readName,
  debug: readObject,
  trace: readObject,
  usage: readObject,
  strict: readOptionalBoolean,
};
const names = Object.keys(readers);

/** A client body without the gateway's fields, and these. */
export interface SplitBody {
  body: unknown;
  fields: GatewayFields;
}

/**
 * Reads the gateway's fields once, before the client's protocol is decoded, and takes them out of the body.
 * @throws RequestError 400 naming the field
 */
export function splitGatewayFields(body: unknown, headers: Exchange["headers"]): SplitBody {
  const strict = readSwitch(headers, "x-onerouter-strict") === true;
  const staysBroken = readSwitch(headers, "x-onerouter-resume") === false;
  if (!isObject(body) || !names.some((name) => name in body)) {
    return { body, fields: { ...noFields, strict, staysBroken } };
  }
  const rest = { ...body };
  const wire: WireObject = {};
  for (const [field, read] of Object.entries(readers)) {
    const value = body[field];
    delete rest[field];
    if (value === null || value === undefined) continue;
    read(value, field);
    checkDepth(value, field);
    wire[field] = value;
  }
  return { body: rest, fields: toFields(wire, strict, staysBroken) };
}

/** What the fields change in the request itself. */
export function applyGatewayFields(request: ChatRequest, fields: GatewayFields): void {
  if (fields.includeUsage) request.includeUsage = true;
  const search = decodeSearchFields({ plugins: fields.wire.plugins });
  if (search !== undefined) request.tools.push(search);
}

/** A request that says nothing to the gateway. */
export const noFields: GatewayFields = {
  strict: false,
  staysBroken: false,
  provider: { wishes: {} },
  fallbackModels: [],
  includeUsage: false,
  isInBody: false,
  wire: {},
};

function toFields({ strict: asked, usage, ...wire }: WireObject, strict: boolean, staysBroken: boolean): GatewayFields {
  const provider = readProviderPreferences(wire.provider);
  if (isObject(wire.provider)) wire.provider = withoutOwn(wire.provider);
  const rules = readFallbackRules(wire.fallback_rules, "fallback_rules");
  const fields: GatewayFields = {
    strict: strict || asked === true,
    staysBroken: staysBroken || provider.resume === false,
    provider: rules === undefined ? provider : { ...provider, wishes: { ...provider.wishes, rules } },
    fallbackModels: readFallbackModels(wire),
    includeUsage: isObject(usage) && usage.include === true,
    isInBody: true,
    wire,
  };
  if (typeof wire.session_id === "string") fields.sessionId = wire.session_id;
  return fields;
}

function readSwitch(headers: Exchange["headers"], name: string): boolean | undefined {
  const value = headerValue(headers, name);
  if (value === undefined) return undefined;
  if (value !== "true" && value !== "false") refuseField(name, "expected true or false");
  return value === "true";
}

function readNames(value: unknown, field: string): string[] {
  return readArray(value, field).map((name, at) => readName(name, `${field}[${at}]`));
}

/** The model names of all fields that name some, in the order of this list, each once. */
function readFallbackModels(wire: WireObject): FallbackModel[] {
  const named: FallbackModel[] = [
    ...readModels(wire.models ?? [], "models"),
    ...readModels(wire.fallback_models ?? [], "fallback_models"),
    ...(Array.isArray(wire.fallbacks) ? wire.fallbacks.map(readFallback) : []),
  ];
  return named.filter(({ name }, at) => named.findIndex((other) => other.name === name) === at);
}

function readModels(value: unknown, field: string): FallbackModel[] {
  const names = readNames(value, field);
  if (names.length > mostFallbackModels) refuseField(field, `more than ${mostFallbackModels} models`);
  return names.map((name, at) => ({ name, field: `${field}[${at}]` }));
}

/** Messages: a name, or an object with the name and fields for that model. */
function readFallback(value: unknown, at: number): FallbackModel {
  const field = `fallbacks[${at}]`;
  if (typeof value === "string") return { name: readName(value, field), field };
  return { name: readName(readObject(value, field).model, `${field}.model`), field: `${field}.model` };
}

function readSessionId(value: unknown, field: string): string | undefined {
  const id = readOptionalString(value, field);
  if (id !== undefined && id.length > maxSessionLength)
    refuseField(field, `longer than ${maxSessionLength} characters`);
  return id;
}
