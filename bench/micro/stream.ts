// `node bench/micro/stream.ts`: what relaying a chat stream to a Messages client costs in CPU for each chunk, decoding,
// sealing and encoding included, with and without healing: for words, for code full of `<`, and for a tool call.
import { performance } from "node:perf_hooks";
import {
  createKnownTools,
  healMarkup,
  sealEvents,
  type ChatEvent,
  type DecodeAnswerContext,
  type EmitEvent,
  type Tool,
} from "@onerouter/protocols";
import { anthropicMessages } from "@onerouter/protocols/anthropic-messages/index";
import { openaiChat } from "@onerouter/protocols/openai-chat/index";
import { createSealer } from "@onerouter/protocols/reasoning/sealer";
import { vendorProfiles } from "@onerouter/protocols/vendors/index";
import { checkCalls } from "../../apps/gateway/healing/check-calls.ts";
import { createSchemaCompiler } from "../../apps/gateway/healing/compile-schema.ts";

const WARM_UP = 50;
const REPEATS = 300;
const CHUNKS = 500;

const profile = vendorProfiles.moonshot;
if (profile === undefined) throw new Error("there is no vendor profile moonshot");
const sealer = createSealer(new Uint8Array(32).fill(7));
const compiler = createSchemaCompiler();
const schema = { type: "object", properties: { command: { type: "string" } }, required: ["command"] };
/** As many as Claude Code has. */
const tools: Tool[] = Array.from({ length: 24 }, (_, at) => ({
  kind: "function",
  name: `Tool${at}`,
  parameters: schema,
}));

function chunk(delta: object, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "m", choices })}\n\n`;
}

const end = `${chunk({}, "stop")}data: [DONE]\n\n`;
const repeat = (piece: (at: number) => object): string[] => [
  ...Array.from({ length: CHUNKS }, (_, at) => chunk(piece(at))),
  end,
];
const args = JSON.stringify({ command: "x".repeat(6 * CHUNKS) });
const streams: Readonly<Record<string, string[]>> = {
  words: repeat((at) => ({ content: ` word${at % 7}` })),
  "thoughts and words": repeat((at) => (at < CHUNKS / 2 ? { reasoning_content: " hm" } : { content: " word" })),
  HTML: repeat((at) => ({ content: at % 2 === 0 ? `<td class="a">` : "x</td>\n" })),
  "code in backticks": repeat((at) => ({ content: at % 3 === 0 ? "`a<b`" : " and " })),
  "a tool call": repeat((at) => ({
    tool_calls: [
      at === 0
        ? { index: 0, id: "call_abcdefgh1234", type: "function", function: { name: "Tool3", arguments: "" } }
        : {
            index: 0,
            function: { arguments: args.slice(((at - 1) * args.length) / CHUNKS, (at * args.length) / CHUNKS) },
          },
    ],
  })),
};

/** One stream through the relay's filters. @returns bytes written, so that nothing is optimised away */
function relay(pieces: readonly string[], heals: boolean): number {
  const encoder = anthropicMessages.createStreamEncoder({ requestedModel: "m", id: "1", created: 1 });
  const context: DecodeAnswerContext = { profile: profile ?? never(), newId: (prefix) => `${prefix}1` };
  let bytes = 0;
  const sealed = sealEvents("o", sealer, (event: ChatEvent) => void (bytes += encoder.encode(event).length));
  let first: EmitEvent = sealed;
  if (heals) {
    const known = createKnownTools(tools);
    const quiet = (): void => undefined;
    const judged = checkCalls({ tools: known, compiler, onMending: quiet, onCall: quiet, onHopeless: quiet }, sealed);
    first = healMarkup({ tools: known, newId: context.newId, onLeak: quiet }, judged);
  }
  const decoder = openaiChat.createStreamDecoder(context, first);
  for (const piece of pieces) decoder.write(piece);
  decoder.end();
  return bytes;
}

function never(): never {
  throw new Error("there is no profile");
}

console.log(`${CHUNKS} chunks, ${REPEATS} times each, in turns; Node ${process.version}`);
for (const [name, pieces] of Object.entries(streams)) {
  const times = { off: [] as number[], on: [] as number[] };
  let bytes = 0;
  for (let round = -WARM_UP; round < REPEATS; round += 1) {
    for (const way of ["off", "on"] as const) {
      const begin = performance.now();
      bytes += relay(pieces, way === "on");
      if (round >= 0) times[way].push(performance.now() - begin);
    }
  }
  if (bytes === 0) throw new Error("nothing was relayed");
  const [off, on] = [median(times.off), median(times.on)].map((ms) => (ms * 1000) / CHUNKS);
  if (off === undefined || on === undefined) continue;
  console.log(
    `  ${name.padEnd(20)} ${off.toFixed(2)} us/chunk, healing ${on.toFixed(2)} us/chunk   ${(on / off).toFixed(2)}x`,
  );
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
