import { generateKeyPairSync } from "node:crypto";
import { mockAwsCredentials, startMockUpstream } from "@onerouter/mock-upstream";
import { expect, test } from "vitest";
import { messagesClient } from "../../apps/gateway/testing/client-dialects.ts";
import { sendJson, startScriptedUpstream } from "../../apps/gateway/testing/scripted-upstream.ts";
import { serveGateway } from "../../apps/gateway/testing/serve-process.ts";

/*
 * The libraries that sign for Amazon and for Google are loaded when they are needed, by the program as it is installed: a
 * bundler that splits it must leave them their names.
 */
test("the installed program signs for Bedrock and for Vertex, with nothing but what the configuration gives it", async () => {
  const mock = await startMockUpstream();
  const tokens = await startScriptedUpstream((response) => {
    sendJson(response, 200, { access_token: "google-token", expires_in: 3600 });
  });
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const account = { client_email: "robot@example.com", private_key: privateKey, token_uri: `${tokens.url}/token` };
  const provider = { protocol: "anthropic-messages", base_url: mock.url };
  const gateway = await serveGateway({
    server: { port: 0 },
    providers: {
      bedrock: {
        ...provider,
        auth: {
          type: "aws-sigv4",
          region: "eu-west-1",
          access_key_id: mockAwsCredentials.accessKeyId,
          secret_access_key: mockAwsCredentials.secretAccessKey,
        },
        models: { bedrock: { upstream_id: "us.anthropic.claude-sonnet-4-5-20250929-v1:0" } },
      },
      vertex: {
        ...provider,
        auth: { type: "google", project: "p", location: "global", service_account_json: JSON.stringify(account) },
        models: { vertex: { upstream_id: "claude-sonnet-4-5@20250929" } },
      },
    },
  });
  try {
    for (const model of ["bedrock", "vertex"]) {
      for (const stream of [false, true]) {
        const heard = await gateway.ask(messagesClient, { model, stream });
        expect([model, heard.status, messagesClient.text(heard) !== ""]).toEqual([model, 200, true]);
      }
    }
    expect(gateway.traces()).not.toMatch(/PRIVATE KEY|google-token/);
    expect(gateway.traces()).not.toContain(mockAwsCredentials.secretAccessKey);
  } finally {
    await gateway.place.remove();
    await Promise.all([mock.close(), tokens.close()]);
  }
});
