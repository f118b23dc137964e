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
import { headerValue, type Exchange } from "./downstream.ts";
import { readProviderPreferences, withoutOwn, type ProviderPreferences } from "./read-provider-preferences.ts";

/** What a request says to the gateway and not to a model, whatever protocol it is in. */
export interface GatewayFields {
  /** Rather no answer than one to less than was asked, see refuse-losses.ts. */
  strict: boolean;
  /** Nobody goes on with the answer if its upstream dies. */
  staysBroken: boolean;
  provider: ProviderPreferences;
  sessionId?: string;
  /** OpenRouter's way of asking for the usage chunk. */
  includeUsage: boolean;
  /** The body has such fields: its text may not go to a provider as it is. */
  isInBody: boolean;
  /** The other fields as they came, for an upstream that is a gateway itself; empty for most requests. */
  wire: Readonly<WireObject>;
}

/** Longest `session_id`, in characters, as at OpenRouter. */
const maxSessionLength = 256;

/**
 * The one list of fields that no provider may see: OpenRouter's (https://openrouter.ai/docs/api-reference/overview), which
 * it takes in every protocol, and `strict`, our own.
 */
const readers: Readonly<Record<string, (value: unknown, field: string) => unknown>> = {
  provider: readObject,
  models: readNames,
  // Messages: models with fields of their own, or a word for the provider's choice.
  fallbacks: (value, field) => (typeof value === "string" ? value : readArray(value, field)),
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
    return { body, fields: { ...nothingAsked, strict, staysBroken } };
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

const nothingAsked: Omit<GatewayFields, "strict" | "staysBroken"> = {
  provider: {},
  includeUsage: false,
  isInBody: false,
  wire: {},
};

function toFields({ strict: asked, usage, ...wire }: WireObject, strict: boolean, staysBroken: boolean): GatewayFields {
  const provider = readProviderPreferences(wire.provider);
  if (isObject(wire.provider)) wire.provider = withoutOwn(wire.provider);
  const fields: GatewayFields = {
    strict: strict || asked === true,
    staysBroken: staysBroken || provider.resume === false,
    provider,
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

function readSessionId(value: unknown, field: string): string | undefined {
  const id = readOptionalString(value, field);
  if (id !== undefined && id.length > maxSessionLength)
    refuseField(field, `longer than ${maxSessionLength} characters`);
  return id;
}
