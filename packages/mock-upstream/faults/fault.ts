/** Ways to spell a tool call's arguments wrongly. */
export const malformedKinds = [
  "trailing-comma",
  "single-quotes",
  "truncated",
  "wrong-type",
  "extra-text",
  "fence",
  "unquoted",
  "double-encoded",
  "missing-field",
] as const;

/** The same and odd ones; `mixed` draws one of the wrong ones for each answer. */
export const argumentKinds = [...malformedKinds, "unknown-field", "empty", "object", "one", "many", "mixed"] as const;
export type ArgumentKind = (typeof argumentKinds)[number];

/** Vendors' raw markups for tool calls. */
export const leakMarkups = ["kimi", "k3", "glm", "deepseek", "deepseek-v3.1", "dsml", "dsml-v4"] as const;
export type LeakMarkup = (typeof leakMarkups)[number];

/** Where a markup shows up; `cut` is broken-off content. */
export const leakPlaces = ["content", "reasoning", "cut"] as const;
export type Leak = { markup: LeakMarkup; place: (typeof leakPlaces)[number] };

export const sseStyles = ["crlf", "cr", "comments", "no-space", "no-final-blank"] as const;
export type SseStyle = (typeof sseStyles)[number];

export const usageKinds = ["missing", "early", "twice"] as const;
export type UsageKind = (typeof usageKinds)[number];

export const callKinds = ["duplicate-ids", "interleaved", "no-id", "foreign-ids"] as const;
export type CallKind = (typeof callKinds)[number];

/** Everything that can be wrong with one answer. All times in milliseconds. */
export type Fault = {
  /** Wait before the status line. */
  latency?: number;
  /** Wait after the headers, before the first event that carries output. */
  ttft?: number;
  /** Tokens of output per second. */
  rate?: number;
  /** Say nothing after so many events (0 = headers only), for so long (Infinity = until the client goes). */
  silence?: { events: number; ms: number };
  /** Destroy the socket. */
  cut?: { at: "start" | "headers" } | { at: "bytes" | "events"; count: number } | { at: "share"; percent: number };
  /** End the answer cleanly after so many events, without the terminal ones. */
  end?: number;
  /** Refuse with this status. */
  status?: { code: number; retryAfter?: string };
  /** An error event after so many events of a 200 stream. */
  error?: { events: number; type: string };
  /** Pretend a context window of so many tokens. */
  context?: number;
  /** Answer JSON though a stream was asked for, or the stream as text/plain. */
  type?: "json" | "text";
  args?: ArgumentKind;
  leak?: Leak | "mixed";
  calls?: CallKind | "mixed";
  /** Percent of answers that a bad vendor spoils. */
  bad?: number;
  /** Percent of requests that a flaky provider fails, and of answers that it cuts off. */
  flaky?: { failed: number; cut: number };
  usage?: UsageKind;
  sse?: SseStyle[];
  /** Split the bytes of the answer every so many bytes. */
  bytes?: number;
  /** Finish with this reason instead of the right one. */
  finish?: string;
  /** The reasoning comes after the text or the calls. */
  late?: boolean;
  /** Finish without having said anything. */
  empty?: boolean;
  /** More content after the finish. */
  after?: boolean;
  /** A second opening chunk in the middle. */
  role?: boolean;
  /** Non-ASCII text in every part. */
  unicode?: boolean;
  /** Redacted thinking instead of thinking (anthropic-messages only). */
  redacted?: boolean;
};
