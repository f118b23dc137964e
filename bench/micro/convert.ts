// `node bench/micro/convert.ts`: what the hub's conversion of a 1 MB, 600-message request from each protocol to each costs,
// beside the JSON.parse and JSON.stringify of the same body that any proxy pays, and beside the bare proxy's conversion.
import { performance } from "node:perf_hooks";
import type { EncodeTarget, Protocol } from "@onerouter/protocols";
import { protocols } from "@onerouter/protocols/protocols";
import { createSealer } from "@onerouter/protocols/reasoning/sealer";
import { createReceipt } from "@onerouter/protocols/receipt";
import { profileForModel } from "@onerouter/protocols/vendors/profile";
import { vendorProfiles } from "@onerouter/protocols/vendors/index";
import { chatFromMessages, type Json } from "../peers/bare-conversion.ts";
import { largeRequest } from "../requests/messages-request.ts";
import { SMALL_MODEL } from "../requests/models.ts";

const WARM_UP = 30;
const REPEATS = 100;

const thought = "One more step of the list is done; the next one is a line further down, so I read it.";
const sealer = createSealer(new Uint8Array(32).fill(7));
const signature = sealer.seal({ origin: "o", native: "" }, thought);
const messagesText = JSON.stringify(largeRequest(SMALL_MODEL, { type: "thinking", thinking: thought, signature }));

/** A vendor of each protocol, and a model of theirs that thinks. */
const makes: Readonly<Record<string, readonly [vendor: string, model: string]>> = {
  "anthropic-messages": ["anthropic", "claude-sonnet-4-5"],
  "openai-chat": ["moonshot", SMALL_MODEL],
  "openai-responses": ["openai", "gpt-5"],
  gemini: ["google", "gemini-3-pro"],
};

function targetOf(protocol: Protocol): EncodeTarget {
  const [vendor = "", upstreamModel = ""] = makes[protocol.name] ?? [];
  const profile = vendorProfiles[vendor];
  if (profile === undefined) throw new Error(`there is no vendor profile ${vendor}`);
  return {
    profile: profileForModel(profile, upstreamModel, protocol.name),
    upstreamModel,
    origin: "o",
    sealer,
    receipt: createReceipt(),
    maxOutputTokens: 32_768,
  };
}

/** The same long session as each protocol's clients send it. */
const [messages] = protocols;
if (messages?.name !== "anthropic-messages") throw new Error("the first protocol is not Messages");
const session = messages.decodeRequest(JSON.parse(messagesText));
const texts = new Map(
  protocols.map((protocol) => [
    protocol,
    protocol === messages ? messagesText : JSON.stringify(protocol.encodeRequest(session, targetOf(protocol)).body),
  ]),
);

// A gateway that drops the thoughts would be fast and wrong.
const chat = protocols.find(({ name }) => name === "openai-chat");
if (chat === undefined) throw new Error("there is no chat");
const restored = (texts.get(chat) ?? "").split(thought).length - 1;
if (restored !== 300) throw new Error(`${restored} of 300 thoughts reached the chat request`);

console.log(`600 messages, ${REPEATS} times each, in turns; Node ${process.version}`);
for (const [client, text] of texts) {
  const path = client.name === "gemini" ? { model: "gemini-3-pro", stream: true } : undefined;
  const variants: Array<[name: string, run: () => string]> = [
    [`${Math.round(text.length / 1000)} KB, parse + stringify`, () => JSON.stringify(JSON.parse(text))],
  ];
  if (client === messages) {
    variants.push(["  bare proxy, to chat", () => JSON.stringify(chatFromMessages(JSON.parse(text) as Json))]);
  }
  for (const upstream of protocols) {
    const target = targetOf(upstream);
    variants.push([
      `  to ${upstream.name}`,
      () => {
        const request = client.decodeRequest(JSON.parse(text), path);
        return JSON.stringify(upstream.encodeRequest(request, { ...target, receipt: createReceipt() }).body);
      },
    ]);
  }
  console.log(client.name);
  measure(variants);
}

function measure(variants: ReadonlyArray<readonly [name: string, run: () => string]>): void {
  const times = new Map<string, number[]>(variants.map(([name]) => [name, []]));
  for (let repeat = -WARM_UP; repeat < REPEATS; repeat += 1) {
    for (const [name, run] of variants) {
      const begin = performance.now();
      run();
      if (repeat >= 0) times.get(name)?.push(performance.now() - begin);
    }
  }
  let base = Number.NaN;
  for (const [name, taken] of times) {
    const [p50, p99] = [percentile(taken, 0.5), percentile(taken, 0.99)];
    if (Number.isNaN(base)) base = p50;
    console.log(
      `  ${name.padEnd(28)} p50 ${p50.toFixed(2)} ms   p99 ${p99.toFixed(2)} ms   ${(p50 / base).toFixed(2)}x`,
    );
  }
}

function percentile(numbers: number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
