/** How long an upstream asks us to wait, in seconds: from its headers, or from its words ("try again in 1m2.5s"). */
export function readRetryAfter(headers: Record<string, string | undefined>, message: string): number | undefined {
  const milliseconds = Number(headers["retry-after-ms"] ?? Number.NaN);
  if (milliseconds >= 0) return milliseconds / 1000;
  const header = headers["retry-after"];
  if (header !== undefined) {
    const seconds = Number(header);
    if (seconds >= 0) return seconds;
    // An HTTP date is measured against the upstream's own clock, which may differ from ours.
    const wait = (Date.parse(header) - Date.parse(headers.date ?? "")) / 1000;
    if (Number.isFinite(wait)) return Math.max(0, wait);
  }
  return readWait(message);
}

function readWait(message: string): number | undefined {
  const match =
    /(?:try again|retry)[^.\d]{0,20}(?:in|after) (?:(\d+)h)?\s?(?:(\d+)m(?!s))?\s?(?:(\d+(?:\.\d+)?)\s?(ms|s))?/i.exec(
      message,
    );
  if (match === null) return undefined;
  const [, hours, minutes, seconds, unit] = match;
  if (hours === undefined && minutes === undefined && seconds === undefined) return undefined;
  const rest = Number(seconds ?? 0) / (unit === "ms" ? 1000 : 1);
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + rest;
}
