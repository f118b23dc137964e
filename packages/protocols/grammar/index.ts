export * from "./check-anthropic-stream.ts";
export * from "./check-events.ts";
export * from "./check-gemini-stream.ts";
export * from "./check-responses-stream.ts";
