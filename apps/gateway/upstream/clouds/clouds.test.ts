import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mockAwsCredentials, startMockUpstream, type MockUpstream } from "@onerouter/mock-upstream";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AuthConfig } from "../../config/config.ts";
import { call, toArray, toObject, type Json } from "../../testing/call.ts";
import { chatClient, messagesClient } from "../../testing/client-dialects.ts";
import { sendJson, startScriptedUpstream, type ScriptedUpstream } from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway, type TestProvider } from "../../testing/start-test-gateway.ts";

/*
 * Claude at Amazon Bedrock and at Google's Vertex AI. The mock checks Amazon's signature over the bytes that arrive and frames
 * its streams as Amazon does; a scripted token endpoint checks Google's assertion with the public key.
 */

const { privateKey, publicKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

let mock: MockUpstream;
let tokens: ScriptedUpstream;
let counter: ScriptedUpstream;
let gateway: TestGateway;
const bedrockModel = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const vertexModel = "claude-sonnet-4-5@20250929";

const aws = (fields: Partial<AuthConfig> = {}): AuthConfig => ({
  type: "aws-sigv4",
  region: "eu-west-1",
  access_key_id: mockAwsCredentials.accessKeyId,
  secret_access_key: mockAwsCredentials.secretAccessKey,
  ...fields,
});

const cloud = (
  auth: AuthConfig,
  id: string,
  upstreamId: string,
  protocol: TestProvider["protocol"] = "anthropic-messages",
) => ({
  protocol,
  base_url: mock.url,
  auth,
  models: { [id]: { upstream_id: upstreamId, context_length: 200_000 } },
});

beforeAll(async () => {
  mock = await startMockUpstream();
  tokens = await startScriptedUpstream((response) => {
    sendJson(response, 200, { access_token: "google-token", expires_in: 3600, token_type: "Bearer" });
  });
  counter = await startScriptedUpstream((response) => sendJson(response, 500, {}));
  const account = (url: string): string =>
    JSON.stringify({
      type: "service_account",
      client_email: "robot@project.iam.gserviceaccount.com",
      private_key: privateKey,
      private_key_id: "key-1",
      token_uri: url,
    });
  const file = join(mkdtempSync(join(tmpdir(), "onerouter-google-")), "key.json");
  writeFileSync(file, account(`${tokens.url}/token`));
  const place = { type: "google", project: "my-project", location: "europe-west1" } as const;
  gateway = await startTestGateway({
    providers: {
      bedrock: cloud(aws(), "bedrock", bedrockModel),
      stranger: cloud(aws({ secret_access_key: "wrong" }), "stranger", bedrockModel),
      counting: { ...cloud(aws(), "counting", "claude"), base_url: counter.url },
      temporary: cloud(aws({ session_token: "session" }), "temporary", bedrockModel),
      vertex: cloud({ ...place, credentials_file: file }, "vertex", vertexModel),
      inline: cloud({ ...place, service_account_json: account(`${tokens.url}/token`) }, "inline", vertexModel),
      given: cloud({ ...place, access_token: "given-token" }, "given", vertexModel),
      denied: cloud({ ...place, service_account_json: account(`${tokens.url}/denied`) }, "denied", vertexModel),
      keyless: cloud({ ...place, credentials_file: "/nowhere/key.json" }, "keyless", vertexModel),
      unreadable: cloud({ ...place, service_account_json: '{"private_key":"secret' }, "unreadable", vertexModel),
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await mock.close();
  await tokens.close();
  await counter.close();
});
beforeEach(() => mock.reset());

const hello = { messages: [{ role: "user", content: "say hello" }] };

describe.each([
  ["bedrock", `/model/${encodeURIComponent(bedrockModel)}/invoke`, "-with-response-stream", "bedrock-2023-05-31"],
  [
    "vertex",
    `/v1/projects/my-project/locations/europe-west1/publishers/anthropic/models/${encodeURIComponent(vertexModel)}:`,
    "stream",
    "vertex-2023-10-16",
  ],
])("Claude at %s", (model, path, _streaming, version) => {
  test.each([messagesClient, chatClient])("answers $name, whole and streamed", async (dialect) => {
    for (const stream of [false, true]) {
      const heard = await gateway.ask(dialect, { model, ...hello, stream });
      expect([heard.status, mock.requests.at(-1)?.refusal]).toEqual([200, undefined]);
      expect(dialect.text(heard)).not.toBe("");
      expect(dialect.model(heard)).toBe(model);
      if (stream) expect(dialect.isFinished(heard.text)).toBe(true);
      const record = await gateway.generation(heard);
      expect(record).toMatchObject({ status: 200, usage_source: "upstream", express_lane: false });
      const sent = mock.requests.at(-1);
      expect(sent?.path.startsWith(path)).toBe(true);
      expect(toObject(sent?.body)).toMatchObject({ anthropic_version: version });
      expect(toObject(sent?.body)).not.toHaveProperty("model");
    }
  });

  test("a tool is called and its thought comes back to it, signature and all", async () => {
    const tools = [
      {
        name: "Bash",
        description: "Runs a command.",
        input_schema: { type: "object", properties: { command: { type: "string" } } },
      },
    ];
    const messages: Json[] = [{ role: "user", content: "count to 2 with separate commands" }];
    const fields = { model, tools, thinking: { type: "enabled", budget_tokens: 1024 }, max_tokens: 4000 };
    const first = await gateway.ask(messagesClient, { ...fields, messages });
    const content = toArray(first.json.content).map(toObject);
    expect(content.map(({ type }) => type)).toEqual(["thinking", "tool_use"]);
    const result = { type: "tool_result", tool_use_id: content[1]?.id, content: "1" };
    const next = [...messages, { role: "assistant", content }, { role: "user", content: [result] }];
    const second = await gateway.ask(messagesClient, { ...fields, messages: next, stream: true });
    expect([second.status, mock.requests.at(-1)?.refusal]).toEqual([200, undefined]);
    expect(JSON.stringify(mock.requests.at(-1)?.body)).toContain('"type":"thinking"');
  });

  test("an overflow, an unknown model and an overload are told as Anthropic's own would be", async () => {
    mock.setFaults({ fault: "status=529", times: 4 });
    const heard = await gateway.ask(messagesClient, { model, ...hello });
    expect([heard.status >= 500, messagesClient.error(heard).type]).toEqual([true, expect.stringMatching(/error$/)]);
  });
});

test("Bedrock gets the client's betas in the body, and the headers that it has no use for stay away", async () => {
  const headers = {
    "anthropic-beta": "interleaved-thinking-2025-05-14, context-1m-2025-08-07",
    "anthropic-version": "2023-06-01",
  };
  await gateway.ask(messagesClient, { model: "bedrock", ...hello }, { headers });
  const { body, headers: sent } = mock.requests.at(-1) ?? { body: {}, headers: {} };
  expect(toObject(body).anthropic_beta).toEqual(["interleaved-thinking-2025-05-14", "context-1m-2025-08-07"]);
  expect(sent).not.toHaveProperty("anthropic-version");
  expect(sent).not.toHaveProperty("x-api-key");
});

test("temporary credentials are signed with their token", async () => {
  const heard = await gateway.ask(messagesClient, { model: "temporary", ...hello });
  expect([heard.status, mock.requests.at(-1)?.headers["x-amz-security-token"]]).toEqual([200, "session"]);
});

test("a wrong secret is the gateway's trouble, not the client's key", async () => {
  const heard = await gateway.ask(messagesClient, { model: "stranger", ...hello });
  expect(heard.status).toBe(502);
  expect(await gateway.generation(heard)).toMatchObject({ error_code: "upstream_authentication" });
});

test("a stream that Bedrock breaks off goes on, or ends as a cut where it breaks each time, never as an answer", async () => {
  const ask = () => gateway.ask(messagesClient, { model: "bedrock", ...hello, stream: true });
  mock.setFaults({ fault: "error=4", times: 1 });
  const resumed = await ask();
  expect(resumed.complete && messagesClient.isFinished(resumed.text)).toBe(true);
  mock.setFaults({ fault: "error=4" });
  const broken = await ask();
  mock.setFaults([]);
  expect(broken.complete && messagesClient.isFinished(broken.text)).toBe(false);
});

const count = (model: string) =>
  call(`${gateway.url}/v1/messages/count_tokens`, { body: { model, ...hello }, headers: { "x-api-key": gateway.key } })
    .done;

test("Vertex counts a prompt itself", async () => {
  const { json, headers } = await count("vertex");
  expect([headers["x-onerouter-token-count"], Number(json.input_tokens) > 0]).toEqual(["exact", true]);
  expect(toObject(mock.requests.at(-1)?.body)).toMatchObject({ model: vertexModel });
});

test("Bedrock counts a prompt that it gets in an envelope", async () => {
  counter.answer((response) => sendJson(response, 200, { inputTokens: 42 }));
  const { json, headers } = await count("counting");
  expect([headers["x-onerouter-token-count"], json.input_tokens]).toEqual(["exact", 42]);
  const { path, body, headers: sent } = counter.last();
  expect([path, sent.authorization]).toEqual([
    "/model/claude/count-tokens",
    expect.stringMatching(/^AWS4-HMAC-SHA256 /),
  ]);
  const inner = String(toObject(toObject(body.input).invokeModel).body);
  expect(JSON.parse(Buffer.from(inner, "base64").toString())).toMatchObject({
    anthropic_version: "bedrock-2023-05-31",
    max_tokens: 1,
    messages: [{ role: "user" }],
  });
});

describe("Google's token", () => {
  test("is asked for once, with an assertion that the key has signed for that endpoint", async () => {
    const asked = tokens.seen.length;
    for (let turn = 0; turn < 3; turn++) {
      expect((await gateway.ask(messagesClient, { model: "inline", ...hello })).status).toBe(200);
    }
    expect(tokens.seen.length - asked).toBe(1);
    expect(mock.requests.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill("Bearer google-token"));
    const form = new URLSearchParams(tokens.last().text);
    expect(form.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
    const [head = "", claims = "", signature = ""] = (form.get("assertion") ?? "").split(".");
    const isSigned = verify(
      "RSA-SHA256",
      Buffer.from(`${head}.${claims}`),
      createPublicKey(publicKey),
      Buffer.from(signature, "base64url"),
    );
    expect(isSigned).toBe(true);
    expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
      iss: "robot@project.iam.gserviceaccount.com",
      aud: `${tokens.url}/token`,
      scope: "https://www.googleapis.com/auth/cloud-platform",
    });
  });

  test("that the configuration gives is used as it is", async () => {
    await gateway.ask(messagesClient, { model: "given", ...hello });
    expect(mock.requests.at(-1)?.headers.authorization).toBe("Bearer given-token");
  });

  test.each(["denied", "keyless", "unreadable"])(
    "%s: no token, no request, and nothing of the key in the error",
    async (model) => {
      tokens.answer((response, { path }) => {
        const ok = path === "/token";
        sendJson(response, ok ? 200 : 401, ok ? { access_token: "t", expires_in: 60 } : { error: "invalid_grant" });
      });
      const heard = await gateway.ask(messagesClient, { model, ...hello });
      expect([heard.status, mock.requests.length]).toEqual([502, 0]);
      expect(heard.text).not.toMatch(/secret|PRIVATE|robot/);
      expect(await gateway.generation(heard)).toMatchObject({ error_code: "upstream_authentication" });
    },
  );
});
