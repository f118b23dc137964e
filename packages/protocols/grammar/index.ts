export * from "./check-anthropic-stream.ts";
export * from "./check-events.ts";
