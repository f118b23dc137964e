import type { Framing, WireEvent } from "../answer.ts";
import { frameMessage } from "./frame-aws-message.ts";
import type { SseStyle } from "./fault.ts";

export const contentTypes: Record<Framing, string> = {
  sse: "text/event-stream; charset=utf-8",
  "json-array": "application/json; charset=UTF-8",
  "aws-event-stream": "application/vnd.amazon.eventstream",
};

/** Where an event stands in its stream, and how the stream is written. */
export type FramePlace = { framing: Framing; styles: SseStyle[]; isFirst: boolean; isLast: boolean };

/** The bytes of one event, in the plain style or in one of the legal but rarer ones. */
export function frameEvent(event: WireEvent, { framing, styles, isFirst, isLast }: FramePlace): string | Buffer {
  switch (framing) {
    case "sse":
      return frameServerSent(event, styles, isLast);
    case "json-array":
      // Google's own commas and breaks: the array is never whole until its end.
      return `${isFirst ? "[" : ","}${event.data}${isLast ? "\n]\n" : "\r\n"}`;
    case "aws-event-stream":
      return frameMessage(event);
  }
}

function frameServerSent(event: WireEvent, styles: SseStyle[], isLast: boolean): string {
  const space = styles.includes("no-space") ? "" : " ";
  const lineEnd = styles.includes("crlf") ? "\r\n" : styles.includes("cr") ? "\r" : "\n";
  const lines: string[] = [];
  if (styles.includes("comments")) lines.push(": keep-alive", "");
  if (event.event !== undefined) lines.push(`event:${space}${event.event}`);
  lines.push(`data:${space}${event.data}`);
  if (!(isLast && styles.includes("no-final-blank"))) lines.push("");
  return lines.map((line) => line + lineEnd).join("");
}
