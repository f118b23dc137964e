import type {
  ChatError,
  ChatEvent,
  ExpressContext,
  Protocol,
  StreamScanner,
  VendorProfile,
} from "@onerouter/protocols";
import type { Candidate } from "../routing/route-plan.ts";
import type { Generation } from "./generation.ts";
import { maxJsonBytes, type AnswerReader } from "./read-answer.ts";

export interface ExpressRequest {
  body: string;
  context: ExpressContext;
}

/**
 * Takes the express lane when client and upstream speak the same protocol, the vendor has no dialect of its own and the
 * request needs no other change than model name and signatures.
 */
export function takeExpressLane(
  generation: Generation,
  candidate: Candidate,
  origin: string,
): ExpressRequest | undefined {
  const { request, protocol, exchange, context, fields } = generation;
  const { endpoint, profile } = candidate;
  if (endpoint.protocol !== protocol.name || !profile.express || generation.answer.begun) return undefined;
  // Calls that may be malformed are checked, which is done on the long way.
  if (request.tools.length > 0 && profile.trustedCalls !== true) return undefined;
  // The client's own text has them.
  if (fields.isInBody) return undefined;
  // What the scanner cannot follow the decoder may forgive.
  if (generation.attempts.some(({ outcome }) => outcome === "upstream_invalid_response")) return undefined;
  const body = protocol.express?.rewriteRequest(exchange.body.toString("utf8"), request, {
    profile,
    upstreamModel: endpoint.upstreamId,
    origin,
    sealer: context.sealer,
    receipt: generation.receipt,
    ...(endpoint.maxOutputTokens === undefined ? {} : { maxOutputTokens: endpoint.maxOutputTokens }),
  });
  if (body === undefined) return undefined;
  return {
    body,
    context: {
      requestedModel: request.model,
      origin,
      sealer: context.sealer,
      includeUsage: request.includeUsage ?? false,
      holdsCalls: generation.resumes,
    },
  };
}

export interface ExpressReaderOptions {
  protocol: Protocol;
  profile: VendorProfile;
  context: ExpressContext;
  streamed: boolean;
  /** Content-less beginnings are held, so that another attempt can still take over. */
  forward(piece: Buffer | string, content: boolean): void;
  /** Told to the meter and to the attempt; terminal events come after their bytes were forwarded. */
  onEvent(event: ChatEvent): void;
  /** Told with every piece, since an answer that breaks off has no last event. */
  onLength(contentLength: number): void;
  /** Reads the answer the long way, when its form is not what the lane knows. */
  longWay(): AnswerReader;
}

/** What comes before the content, in bytes; Responses repeats instructions and tools there, three times. */
const longestBeginning = 16 * 1024 * 1024;
const endless: ChatError = { code: "upstream_invalid_response", message: "the upstream's answer does not begin" };

/** Reads an upstream's answer beside its bytes. */
export function createExpressReader(options: ExpressReaderOptions): AnswerReader {
  let scanner: StreamScanner | undefined;
  let fallback: AnswerReader | undefined;
  let terminal: ChatEvent | undefined;
  let held: Buffer[] = [];
  let heldLength = 0;

  function onScanned(event: ChatEvent): void {
    if (event.type === "finish" || event.type === "error") terminal = event;
    else options.onEvent(event);
  }

  function forward(piece: Buffer, content: boolean): void {
    if (piece.length === 0) return;
    if (!content) {
      held.push(piece);
      heldLength += piece.length;
      if (heldLength > longestBeginning) terminal ??= { type: "error", error: endless };
      return;
    }
    if (held.length > 0) {
      options.forward(Buffer.concat([...held, piece]), true);
      held = [];
    } else options.forward(piece, true);
  }

  function tellTerminal(): void {
    if (terminal === undefined) return;
    const event = terminal;
    terminal = undefined;
    options.onEvent(event);
  }

  return {
    write(chunk) {
      if (fallback !== undefined) {
        fallback.write(chunk);
        return;
      }
      if (scanner === undefined && !options.streamed) {
        fallback = createWholeReader(options);
        fallback.write(chunk);
        return;
      }
      scanner ??= options.protocol.express.createScanner(options.context, onScanned);
      const piece = scanner.write(chunk);
      if (piece === undefined) {
        fallback = options.longWay();
        fallback.write(chunk);
        return;
      }
      options.onLength(scanner.contentLength);
      forward(piece, scanner.contentStarted);
      tellTerminal();
    },
    end() {
      if (fallback !== undefined) {
        fallback.end();
        return;
      }
      if (scanner === undefined) options.longWay().end();
      else {
        forward(scanner.end(), scanner.contentStarted);
        tellTerminal();
      }
    },
  };
}

/** A JSON answer: parsed once, for the meter and for the few names that change. */
function createWholeReader({
  protocol,
  profile,
  context,
  forward,
  onEvent,
  longWay,
}: ExpressReaderOptions): AnswerReader {
  const chunks: Buffer[] = [];
  let length = 0;
  /** Says that the answer is too large. */
  let refusing: AnswerReader | undefined;
  return {
    write(chunk) {
      length += chunk.length;
      chunks.push(chunk);
      if (length <= maxJsonBytes) return;
      refusing ??= longWay();
      refusing.write(Buffer.concat(chunks.splice(0)));
    },
    end() {
      if (refusing !== undefined) {
        refusing.end();
        return;
      }
      const bytes = Buffer.concat(chunks);
      const events: ChatEvent[] = [];
      const body = parseObject(bytes);
      if (body !== undefined) {
        protocol.decodeResponse(body, { profile, newId: (prefix) => `${prefix}0` }, (event) => events.push(event));
      }
      if (body === undefined || events.at(-1)?.type !== "finish") {
        const reader = longWay();
        reader.write(bytes);
        reader.end();
        return;
      }
      protocol.express.rewriteResponse(body, context);
      forward(JSON.stringify(body), true);
      for (const event of events) onEvent(event);
    },
  };
}

/** What is no JSON object the long way knows to handle. */
function parseObject(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(bytes.toString("utf8"));
    return typeof body === "object" && body !== null && !Array.isArray(body) ? { ...body } : undefined;
  } catch {
    return undefined;
  }
}
