import { RequestError, refuseField } from "../model/error.ts";
import type { WireObject } from "../wire/json-object.ts";
import {
  readObject,
  readOptionalBoolean,
  readOptionalCount,
  readOptionalNumber,
  readOptionalString,
  readString,
} from "../wire/read-field.ts";

/** A completion request in chat's words, and what its answer begins with. */
export interface CompletionRequest {
  body: WireObject;
  /** The prompt, if it is to be repeated; else empty. */
  echo: string;
}

/** The most alternatives that chat tells for a token. */
const mostLogprobs = 20;

/** @throws RequestError naming the field that is wrong */
export function readCompletionRequest(value: unknown): CompletionRequest {
  const { prompt: given, suffix: end, echo, logprobs, best_of: bestOf, ...rest } = readObject(value, "body");
  const prompt = readPrompt(given);
  const suffix = readOptionalString(end, "suffix") ?? "";
  refuseSeveral("best_of", bestOf);
  refuseSeveral("n", rest.n);
  const messages: WireObject[] = [{ role: "user", content: prompt }];
  if (suffix !== "") messages.unshift({ role: "system", content: describeGap(suffix) });
  const alternatives = readLogprobs(logprobs);
  return {
    body: {
      ...rest,
      messages,
      ...(alternatives === undefined ? {} : { logprobs: true, top_logprobs: alternatives }),
    },
    echo: readOptionalBoolean(echo, "echo") === true ? prompt : "",
  };
}

function readPrompt(value: unknown): string {
  if (typeof value === "string") return readString(value, "prompt");
  if (!Array.isArray(value)) refuseField("prompt", "expected a string");
  if (value.some((item) => typeof item !== "string")) unsupported("prompt", "tokens are not taken, only text");
  if (value.length !== 1) unsupported("prompt", "only one prompt per request is possible");
  return readString(value[0], "prompt[0]");
}

function refuseSeveral(field: string, value: unknown): void {
  const count = readOptionalCount(value, field);
  if (count !== undefined && count > 1) unsupported(field, "only one answer per request is possible");
}

function readLogprobs(value: unknown): number | undefined {
  const count = readOptionalNumber(value, "logprobs");
  if (count === undefined) return undefined;
  if (!Number.isInteger(count) || count < 0 || count > mostLogprobs) {
    refuseField("logprobs", `expected an integer from 0 to ${mostLogprobs}`);
  }
  return count;
}

function unsupported(field: string, why: string): never {
  throw new RequestError({ code: "unsupported_parameter", message: `${field}: ${why}`, param: field });
}

/** Models for chat have no other way to be told what comes after the gap. */
function describeGap(suffix: string): string {
  return (
    "The user gives the beginning of a text. Write only what stands between it and its end, without repeating either. " +
    `The text ends with:\n\n${suffix}`
  );
}
