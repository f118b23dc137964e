import type { VendorProfile } from "../vendors/profile.ts";
import type { AnswerAssembler } from "./assemble-answer.ts";
import { createSnapshotReader } from "./read-snapshots.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/** Hands on what the messages or deltas of one answer hold of the model's thoughts. */
export interface ThoughtReader {
  take(source: WireObject): void;
}

/** A detail that is being put together, without its text; `json` is the same. */
interface OpenDetail {
  key: string;
  rest: WireObject;
  json: string;
}

/**
 * Vendors say the same thought in up to three fields: the profile's own counts, else the other, else the text of the
 * details. Where details are taken back (OpenRouter, MiniMax) they lead, and each of them is a thought whose signature is
 * the detail itself without its text, so that it returns with the id and the format it came with.
 */
export function createThoughtReader(profile: VendorProfile, assembler: AnswerAssembler): ThoughtReader {
  const returnsDetails = profile.reasoningDetails === true;
  const newText = createSnapshotReader();
  let open: OpenDetail | undefined;

  function takeText(text: string): void {
    if (text === "") return;
    assembler.text("reasoning", text);
  }

  function takeWhole(detail: WireObject, words: string): void {
    const { text: _text, summary: _summary, ...rest } = detail;
    const key = `${String(detail.type)} ${String(detail.index)} ${String(detail.id)}`;
    if (open === undefined || open.key !== key) {
      if (open !== undefined) assembler.endThought();
      open = { key, rest, json: JSON.stringify(rest) };
    } else merge(open, rest);
    takeText(newText(key, words));
    assembler.nameThought(open.json);
    if (typeof rest.signature === "string" && rest.signature !== "") {
      assembler.endThought();
      open = undefined;
    }
  }

  function takeDetail(detail: WireObject, isSaid: boolean): void {
    if (detail.type === "reasoning.encrypted") {
      if (typeof detail.data !== "string") return;
      open = undefined;
      assembler.redacted(returnsDetails ? JSON.stringify(detail) : detail.data);
      return;
    }
    const said = detail.text ?? detail.summary;
    const words = typeof said === "string" ? said : "";
    if (returnsDetails) {
      takeWhole(detail, words);
      return;
    }
    if (!isSaid) takeText(words);
    if (typeof detail.signature === "string" && detail.signature !== "") assembler.signature(detail.signature);
  }

  return {
    take(source) {
      const own = source[profile.reasoningField];
      const other = source[profile.reasoningField === "reasoning" ? "reasoning_content" : "reasoning"];
      const said = typeof own === "string" && own !== "" ? own : other;
      const text = typeof said === "string" ? said : "";
      const { reasoning_details: given } = source;
      if (!Array.isArray(given)) {
        takeText(text);
        return;
      }
      const details = given.filter((detail) => isObject(detail));
      const leads = returnsDetails && details.some((detail) => detail.type !== "reasoning.encrypted");
      if (!leads) takeText(text);
      for (const detail of details) takeDetail(detail, text !== "");
    },
  };
}

/** This runs for every token, and nearly none says anything new but its words. */
function merge(open: OpenDetail, rest: WireObject): void {
  let isNew = false;
  for (const field in rest) {
    const value = rest[field];
    if (value === null || value === open.rest[field]) continue;
    open.rest[field] = value;
    isNew = true;
  }
  if (isNew) open.json = JSON.stringify(open.rest);
}
