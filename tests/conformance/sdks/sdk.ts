/** A JSON Schema, as every SDK takes it. */
export type Schema = Record<string, unknown>;

export interface ToolUnderTest {
  name: string;
  description: string;
  parameters: Schema;
  run(input: Record<string, unknown>): string;
}

/** What a test asks, in no SDK's words. */
export interface Question {
  model: string;
  text: string;
  /** A PNG, base64. */
  image?: string;
  /** The answer must be JSON of this schema. */
  schema?: Schema;
  tools?: readonly ToolUnderTest[];
  /** Asks for thoughts, in the SDK's own way. */
  think?: boolean;
  system?: string;
  stop?: string;
  /** Default 4096. */
  maxTokens?: number;
  signal?: AbortSignal;
  /** Called when a piece of a streamed answer is there. */
  onPiece?(): void;
}

/** What the SDK made of the answer. */
export interface Answer {
  /** Undefined where the SDK does not tell. */
  model: string | undefined;
  text: string;
  thought: string;
  calls: Array<{ name: string; input: unknown }>;
  finish: string;
  usage: { input: number; output: number; cached: number };
}

/** How a loop of tool calls ended. */
export interface LoopEnd {
  text: string;
  usage: { input: number; output: number };
}

/** What the SDK made of a failure. */
export interface Failure {
  /** The name of the SDK's class. */
  kind: string;
  status: number | undefined;
  message: string;
  /** Whatever the SDK took for the error's code, and the field at fault. */
  code?: unknown;
  param?: unknown;
  retryAfter?: string | null | undefined;
}

/** One SDK behind the few things the tests do with all of them. */
export interface Sdk {
  name: string;
  /** The protocol it speaks to the gateway. */
  protocol: "openai-chat" | "anthropic-messages" | "openai-responses" | "gemini";
  /** What it brings back of thoughts: `texts` without their signatures, `none` loses them, both by its own doing. */
  replays: "thoughts" | "texts" | "none";
  /** Its protocol shows thoughts only to those who ask for them. */
  hidesThoughtsUnasked?: boolean;
  /** What cannot be asked in its protocol, or is refused by the SDK itself. */
  lacks?: readonly ("stop" | "empty model")[];
  ask(question: Question, streamed: boolean): Promise<Answer>;
  /** The SDK's own loop: it runs the tools and brings its history back, until the model calls no more. */
  runTools(question: Question, streamed: boolean): Promise<LoopEnd>;
  /** Reads an error that `ask` threw. Throws it again if it is not the SDK's. */
  explain(error: unknown): Failure;
}

export interface Access {
  /** `http://127.0.0.1:PORT`, without `/v1`. */
  url: string;
  apiKey: string;
  /** `/v1` or OpenRouter's `/api/v1`. */
  prefix: "/v1" | "/api/v1";
}

/** Parses what a model gave as arguments. */
export function parseInput(text: string): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>;
}
