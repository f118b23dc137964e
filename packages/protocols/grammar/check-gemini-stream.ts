type Json = Record<string, unknown>;

const finishReasons: ReadonlySet<unknown> = new Set(
  (
    "STOP MAX_TOKENS SAFETY RECITATION LANGUAGE OTHER BLOCKLIST PROHIBITED_CONTENT SPII MALFORMED_FUNCTION_CALL IMAGE_SAFETY " +
    "IMAGE_PROHIBITED_CONTENT IMAGE_OTHER NO_IMAGE IMAGE_RECITATION UNEXPECTED_TOOL_CALL TOO_MANY_TOOL_CALLS"
  ).split(" "),
);

/** A part has exactly one of these. */
const dataFields = [
  "text",
  "functionCall",
  "functionResponse",
  "inlineData",
  "fileData",
  "executableCode",
  "codeExecutionResult",
];

/** Field of `usageMetadata` that count. */
const counts = [
  "promptTokenCount",
  "candidatesTokenCount",
  "totalTokenCount",
  "cachedContentTokenCount",
  "thoughtsTokenCount",
];

/**
 * Checks what a client of streamGenerateContent is sent: chunks with the same model and id, each with one candidate and at
 * least one part, calls whole, one reason for the end and the usage in the last; or an error, and nothing after it. Events
 * have no names, there is no mark of the end, and no comment, which Google's SDK for Python would take for JSON.
 * @param stream server-sent events, or the JSON array of a request without `alt=sse`
 * @returns what is wrong, in order; empty for a legal and complete stream
 */
export function checkGeminiStream(stream: string): string[] {
  const faults: string[] = [];
  const chunks = stream.trimStart().startsWith("[") ? readArray(stream, faults) : readEvents(stream, faults);
  let ended = false;
  let head: string | undefined;
  for (const [at, chunk] of chunks.entries()) {
    const say = (fault: string): void => void faults.push(`chunk ${at}: ${fault}`);
    if (ended) say("after the end");
    if (chunk.error !== undefined) {
      checkError(toObject(chunk.error), say);
      ended = true;
      continue;
    }
    const own = JSON.stringify([chunk.responseId, chunk.modelVersion]);
    if (typeof chunk.responseId !== "string" || chunk.responseId === "") say("no responseId");
    if (typeof chunk.modelVersion !== "string" || chunk.modelVersion === "") say("no modelVersion");
    if (own !== (head ??= own)) say("another responseId or modelVersion than before");
    if (!checkCandidates(chunk, say)) continue;
    ended = true;
    checkUsage(toObject(chunk.usageMetadata), say);
  }
  if (!ended) faults.push("the answer has no end");
  return faults;
}

function readArray(stream: string, faults: string[]): Json[] {
  try {
    return (JSON.parse(stream) as unknown[]).map(toObject);
  } catch {
    faults.push("not a JSON array");
    return [];
  }
}

function readEvents(stream: string, faults: string[]): Json[] {
  if (stream !== "" && !stream.endsWith("\n\n")) faults.push("the last event has no end");
  const chunks: Json[] = [];
  for (const event of stream.split("\n\n").slice(0, -1)) {
    if (!event.startsWith("data: ") || event.includes("\n")) {
      faults.push(`not one line of data: ${event.split("\n", 1)[0]}`);
      continue;
    }
    try {
      chunks.push(toObject(JSON.parse(event.slice("data: ".length))));
    } catch {
      faults.push(`not JSON: ${event.slice(0, 40)}`);
    }
  }
  return chunks;
}

function checkError(error: Json, say: (fault: string) => void): void {
  if (!Number.isInteger(error.code)) say("an error without a code");
  if (typeof error.message !== "string" || error.message === "") say("an error without a message");
  if (typeof error.status !== "string" || !/^[A-Z_]+$/.test(error.status)) say("an error without a status");
}

/** @returns whether the answer ends with this chunk */
function checkCandidates(chunk: Json, say: (fault: string) => void): boolean {
  const { candidates } = chunk;
  if (candidates === undefined && typeof toObject(chunk.promptFeedback).blockReason === "string") return true;
  if (!Array.isArray(candidates) || candidates.length !== 1) {
    say("not one candidate");
    return false;
  }
  const candidate = toObject(candidates[0]);
  const content = toObject(candidate.content);
  if (candidate.index !== 0) say("the candidate's index is not 0");
  if (content.role !== "model") say("the role is not model");
  if (!Array.isArray(content.parts) || content.parts.length === 0) say("no parts");
  else for (const part of content.parts) checkPart(toObject(part), say);
  if (candidate.finishReason === undefined) return false;
  if (!finishReasons.has(candidate.finishReason)) say(`finishReason ${String(candidate.finishReason)}`);
  return true;
}

function checkPart(part: Json, say: (fault: string) => void): void {
  const data = dataFields.filter((field) => part[field] !== undefined);
  if (data.length !== 1) say(`a part with ${data.length === 0 ? "nothing" : data.join(" and ")}`);
  if (part.text !== undefined && typeof part.text !== "string") say("text that is none");
  if (part.thought !== undefined && (part.thought !== true || data[0] !== "text")) say("a thought that is no text");
  if (part.thought === true && part.text === "") say("an empty thought");
  const { thoughtSignature: signature } = part;
  // Of type bytes: SDKs decode it.
  if (signature !== undefined && (typeof signature !== "string" || !/^[A-Za-z0-9+/]+={0,2}$/.test(signature))) {
    say("a signature that is not base64");
  }
  if (part.functionCall === undefined) return;
  const { id, name, args } = toObject(part.functionCall);
  if (typeof name !== "string" || name === "") say("a call without a name");
  if (id !== undefined && (typeof id !== "string" || id === "")) say("a call with an empty id");
  if (typeof args !== "object" || args === null || Array.isArray(args)) say("arguments that are no object");
}

function checkUsage(usage: Json, say: (fault: string) => void): void {
  for (const field of counts) {
    const count = usage[field] ?? (field.startsWith("c") || field.startsWith("th") ? 0 : undefined);
    if (!Number.isInteger(count) || (count as number) < 0) say(`${field} is ${String(count)}`);
  }
  const number = (field: string): number => Number(usage[field] ?? 0);
  if (number("cachedContentTokenCount") > number("promptTokenCount")) say("more from the cache than there was");
  const sum = number("promptTokenCount") + number("candidatesTokenCount") + number("thoughtsTokenCount");
  if (number("totalTokenCount") < sum) say("the total is less than its parts");
}

function toObject(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}
