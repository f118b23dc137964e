import type { MediaSource } from "../model/content.ts";
import { refuseField } from "../model/error.ts";

/** Reads an address or a data URL, as OpenAI's protocols give images and files. @throws RequestError naming the field */
export function decodeMediaUrl(url: string, path: string): MediaSource {
  if (/^https?:\/\//i.test(url)) return { kind: "url", url };
  // Not a regular expression over the whole: the data may have megabytes.
  const comma = url.startsWith("data:") ? url.indexOf(",") : -1;
  const header = url.slice("data:".length, Math.max(comma, 0));
  if (comma < 0 || comma > 200 || !header.endsWith(";base64")) {
    return refuseField(path, "expected an http(s) URL or a base64 data URL");
  }
  const [mediaType = ""] = header.split(";", 1);
  if (!mediaType.includes("/")) refuseField(path, "the data URL names no media type");
  return { kind: "base64", mediaType, data: url.slice(comma + 1) };
}
