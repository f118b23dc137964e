import type { ChatError, UpstreamProtocol } from "@onerouter/protocols";
import type { UpstreamHeaders } from "../upstream/upstream-client.ts";

/** What an upstream's error answer means, whatever its body is. */
export function decodeRefusal(
  protocol: UpstreamProtocol,
  status: number,
  text: string,
  headers: UpstreamHeaders,
): ChatError {
  const flat: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(headers)) flat[name] = Array.isArray(value) ? value[0] : value;
  let body: unknown = text;
  try {
    body = JSON.parse(text);
  } catch {
    // Not JSON: the protocol's decoder says something safe about the text.
  }
  return protocol.decodeError(status, body, flat);
}
