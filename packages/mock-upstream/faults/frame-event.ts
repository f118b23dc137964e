import type { WireEvent } from "../answer.ts";
import type { SseStyle } from "./fault.ts";

/** The bytes of one server-sent event, in the plain style or in one of the legal but rarer ones. */
export function frameEvent(event: WireEvent, styles: SseStyle[], isLast: boolean): string {
  const space = styles.includes("no-space") ? "" : " ";
  const lineEnd = styles.includes("crlf") ? "\r\n" : styles.includes("cr") ? "\r" : "\n";
  const lines: string[] = [];
  if (styles.includes("comments")) lines.push(": keep-alive", "");
  if (event.event !== undefined) lines.push(`event:${space}${event.event}`);
  lines.push(`data:${space}${event.data}`);
  if (!(isLast && styles.includes("no-final-blank"))) lines.push("");
  return lines.map((line) => line + lineEnd).join("");
}
