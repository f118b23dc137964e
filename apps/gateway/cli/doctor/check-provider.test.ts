import { mockAwsCredentials, startMockUpstream, type MockUpstream } from "@onerouter/mock-upstream";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AuthConfig, ProviderConfig } from "../../config/config.ts";
import { checkProvider } from "./check-provider.ts";

let mock: MockUpstream;
beforeAll(async () => {
  mock = await startMockUpstream({ apiKeys: ["good"] });
});
afterAll(() => mock.close());

const provider = (fields: Partial<ProviderConfig>): ProviderConfig => ({
  protocol: "openai-chat",
  base_url: mock.url,
  api_keys: ["good"],
  models: {},
  ...fields,
});

const statusesOf = async (fields: Partial<ProviderConfig>): Promise<string[]> =>
  (await checkProvider("p", provider(fields)))
    .filter(({ check }) => check === "provider p")
    .map(({ status }) => status);

test.each(["openai-chat", "openai-responses", "anthropic-messages", "gemini"] as const)(
  "a provider of %s is asked for its models, with its own key",
  async (protocol) => {
    expect(await statusesOf({ protocol })).toEqual(["ok"]);
    expect(await statusesOf({ protocol, api_keys: ["bad"] })).toEqual(["fail"]);
  },
);

test("a cloud is reached, and its credential is tried without a request to a model", async () => {
  const aws: AuthConfig = {
    type: "aws-sigv4",
    region: "eu-west-1",
    access_key_id: mockAwsCredentials.accessKeyId,
    secret_access_key: mockAwsCredentials.secretAccessKey,
  };
  const cloud = { protocol: "anthropic-messages" as const, api_keys: [] };
  const google: AuthConfig = {
    type: "google",
    project: "p",
    location: "global",
    credentials_file: "/nowhere/key.json",
  };
  expect(await statusesOf({ ...cloud, auth: aws })).toEqual(["ok"]);
  expect(await statusesOf({ ...cloud, auth: aws, base_url: "http://127.0.0.1:1" })).toEqual(["fail"]);
  const [finding] = await checkProvider("p", provider({ ...cloud, auth: google }));
  expect([finding?.status, finding?.message]).toEqual(["fail", expect.stringContaining("ENOENT")]);
});
