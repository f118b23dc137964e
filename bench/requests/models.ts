/** The upstream model of everything that is not streamed. */
export const SMALL_MODEL = "kimi-k2-thinking";

/** Milliseconds between two chunks of a measured stream: 10 chunks per second. */
export const CHUNK_INTERVAL = 100;

/**
 * The upstream reads the length and the pace of a stream from its model's name, which begins like the real one so that a
 * gateway treats it as that.
 */
export function streamModel(chunks: number, interval: number): string {
  return `${SMALL_MODEL}-bench-stream-${chunks}x${interval}ms`;
}

/** A short stream, to see whether a target streams at all. */
export const CHECK_STREAM = { model: streamModel(5, 10), chunks: 5 };

/** Streams that make the target's code warm. */
export const WARM_STREAM = { model: streamModel(20, 40), chunks: 20 };

/** All upstream models of a run. */
export function listModels(streamChunks: number): string[] {
  return [SMALL_MODEL, CHECK_STREAM.model, WARM_STREAM.model, streamModel(streamChunks, CHUNK_INTERVAL)];
}

/** Text in the last event of a whole stream. */
export function endingOf(speaks: "messages" | "chat"): string {
  return speaks === "messages" ? "message_stop" : "[DONE]";
}
