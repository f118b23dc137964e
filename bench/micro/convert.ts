// `node bench/micro/convert.ts`: what the hub's conversion of a 1 MB, 600-message Messages request to Chat Completions
// costs, beside the JSON.parse and JSON.stringify that any proxy pays, and beside the bare proxy's conversion.
import { performance } from "node:perf_hooks";
import { protocolFor } from "@onerouter/protocols/protocols";
import { createSealer } from "@onerouter/protocols/reasoning/sealer";
import { createReceipt } from "@onerouter/protocols/receipt";
import { vendorProfiles } from "@onerouter/protocols/vendors/index";
import { chatFromMessages, type Json } from "../peers/bare-conversion.ts";
import { largeRequest } from "../requests/messages-request.ts";
import { SMALL_MODEL } from "../requests/models.ts";

const WARM_UP = 30;
const REPEATS = 150;

const origin = `moonshot/${SMALL_MODEL}`;
const sealer = createSealer(new Uint8Array(32).fill(7));
const thought = "One more step of the list is done; the next one is a line further down, so I read it.";
const signature = sealer.seal({ origin, native: "" }, thought);
const text = JSON.stringify(largeRequest(SMALL_MODEL, { type: "thinking", thinking: thought, signature }));

const profile = vendorProfiles["moonshot"];
if (profile === undefined) throw new Error("there is no vendor profile moonshot");
const messages = protocolFor("anthropic-messages");
const chat = protocolFor("openai-chat");
const target = { profile, upstreamModel: SMALL_MODEL, origin, sealer, maxOutputTokens: 32_768 };

const variants: Record<string, () => string> = {
  "parse + stringify": () => JSON.stringify(JSON.parse(text)),
  "bare proxy": () => JSON.stringify(chatFromMessages(JSON.parse(text) as Json)),
  "hub, 300 seals opened": () => {
    const request = messages.decodeRequest(JSON.parse(text));
    return JSON.stringify(chat.encodeRequest(request, { ...target, receipt: createReceipt() }).body);
  },
};

// A gateway that drops the thoughts would be fast and wrong.
const restored = variants["hub, 300 seals opened"]?.().split(thought).length ?? 0;
if (restored !== 301) throw new Error(`${restored - 1} of 300 thoughts reached the chat request`);

console.log(
  `${Math.round(text.length / 1000)} KB, 601 messages, ${REPEATS} times each, in turns; Node ${process.version}`,
);
const times = new Map<string, number[]>(Object.keys(variants).map((name) => [name, []]));
for (let repeat = -WARM_UP; repeat < REPEATS; repeat += 1) {
  for (const [name, run] of Object.entries(variants)) {
    const begin = performance.now();
    run();
    if (repeat >= 0) times.get(name)?.push(performance.now() - begin);
  }
}
const base = percentile(times.get("parse + stringify") ?? [], 0.5);
for (const [name, taken] of times) {
  const [p50, p99] = [percentile(taken, 0.5), percentile(taken, 0.99)];
  const ratio = (p50 / base).toFixed(2);
  console.log(`${name.padEnd(22)} p50 ${p50.toFixed(2)} ms   p99 ${p99.toFixed(2)} ms   ${ratio}x`);
}

function percentile(numbers: number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
