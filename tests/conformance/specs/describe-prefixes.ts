import { beforeEach, expect, test } from "vitest";
import type { Access, Sdk } from "../sdks/sdk.ts";
import { kimi } from "../stand/gateway-config.ts";
import type { Stand } from "../stand/start-stand.ts";
import { ways } from "./describe-answers.ts";

/** OpenRouter's clients ask below `/api/v1`, all others below `/v1`: either answers both. */
export function describePrefixes(connect: (access: Access) => Sdk, { url, apiKey, mock }: Stand): void {
  beforeEach(() => mock.reset());

  test.each(ways)("/v1 and /api/v1 give the same answer, %s", async (_, streamed) => {
    const question = { model: kimi, text: "think about rivers" };
    const plain = await connect({ url, apiKey, prefix: "/v1" }).ask(question, streamed);
    mock.reset();
    const openrouters = await connect({ url, apiKey, prefix: "/api/v1" }).ask(question, streamed);
    expect(openrouters).toEqual(plain);
    expect(plain.text).toContain("rivers");
  });
}
