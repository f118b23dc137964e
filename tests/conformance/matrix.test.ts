import { afterAll, beforeEach, test } from "vitest";
import { anthropicSdk } from "./sdks/anthropic-sdk.ts";
import { genaiSdk } from "./sdks/genai-sdk.ts";
import { openaiResponsesSdk } from "./sdks/openai-responses-sdk.ts";
import { openaiSdk } from "./sdks/openai-sdk.ts";
import { ways } from "./specs/describe-answers.ts";
import { matrixFeatures, type Row } from "./specs/matrix-features.ts";
import { protocolUpstreams } from "./stand/gateway-config.ts";
import { startStand } from "./stand/start-stand.ts";

/*
 * Each client protocol, by its official SDK and that SDK's own way to sum up a stream, before each upstream protocol: what
 * is asked comes back, and a history of thoughts and calls is taken by an upstream that verifies every signature in it.
 */

const stand = await startStand();
afterAll(() => stand.close());
beforeEach(() => stand.mock.reset());

const clients = [anthropicSdk, openaiSdk, openaiResponsesSdk, genaiSdk].map((connect) =>
  connect({ url: stand.url, apiKey: stand.apiKey, prefix: "/v1" }),
);

for (const { name, isPossible, check } of matrixFeatures) {
  for (const sdk of clients) {
    for (const upstream of protocolUpstreams) {
      const dialect = upstream.protocol === "openai-chat" ? ` (${upstream.vendor})` : "";
      for (const [way, streamed] of ways) {
        const row: Row = { sdk, upstream, streamed, stand };
        if (isPossible?.(row) === false) continue;
        test(`${sdk.protocol} client x ${upstream.protocol}${dialect} upstream: ${name}, ${way}`, () => check(row));
      }
    }
  }
}
