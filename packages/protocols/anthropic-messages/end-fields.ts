import { isObject, type WireObject } from "../wire/json-object.ts";

const deltaFields: ReadonlySet<string> = new Set(["stop_reason", "stop_sequence"]);
const usageFields: ReadonlySet<string> = new Set([
  "input_tokens",
  "output_tokens",
  "cache_creation_input_tokens",
  "cache_read_input_tokens",
  "cache_creation",
  "output_tokens_details",
]);

/**
 * What the end of an answer says that the hub has no word for: `stop_details`, `container`, `context_management`, and among
 * the usage what a server's own tools did. As fields of a whole message; undefined if there are none.
 */
export function readEndFields(messageDelta: WireObject): WireObject | undefined {
  const fields = pickOthers(messageDelta.delta, deltaFields) ?? {};
  const edits = messageDelta.context_management;
  if (edits !== undefined && edits !== null) fields.context_management = edits;
  const usage = pickOthers(messageDelta.usage, usageFields);
  if (usage !== undefined) fields.usage = usage;
  return Object.keys(fields).length === 0 ? undefined : fields;
}

/** The other way: a `message_delta` with those fields in their places. */
export function writeMessageDelta(delta: WireObject, usage: WireObject, fields: WireObject | undefined): WireObject {
  const { usage: usageOthers, context_management: edits, ...deltaOthers } = fields ?? {};
  return {
    type: "message_delta",
    delta: { ...deltaOthers, ...delta },
    usage: isObject(usageOthers) ? { ...usageOthers, ...usage } : usage,
    ...(edits === undefined ? {} : { context_management: edits }),
  };
}

function pickOthers(value: unknown, known: ReadonlySet<string>): WireObject | undefined {
  if (!isObject(value)) return undefined;
  let others: WireObject | undefined;
  for (const field in value) {
    if (known.has(field) || value[field] === undefined || value[field] === null) continue;
    (others ??= {})[field] = value[field];
  }
  return others;
}
