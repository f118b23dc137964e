import { createHash, createHmac } from "node:crypto";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { mockAwsCredentials, startMockUpstream } from "../index.ts";
import type { MockUpstream } from "../index.ts";
import { post } from "../testing/talk.ts";

const now = Date.UTC(2026, 0, 2, 3, 4, 5);
const date = "20260102T030405Z";

let mock: MockUpstream;
beforeAll(async () => {
  mock = await startMockUpstream({ seed: "bedrock", now: () => now });
});
beforeEach(() => mock.reset());
afterAll(() => mock.close());

const path = "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/invoke";
const body = {
  anthropic_version: "bedrock-2023-05-31",
  max_tokens: 1000,
  messages: [{ role: "user", content: "hello" }],
};

/** Signs a request step by step as Amazon's guide does, apart from the code that checks it. */
function sign(path: string, text: string, secret = mockAwsCredentials.secretAccessKey): Record<string, string> {
  const host = new URL(mock.url).host;
  const scope = "20260102/eu-west-1/bedrock/aws4_request";
  const hex = (data: string) => createHash("sha256").update(data).digest("hex");
  const mac = (key: string | Buffer, data: string) => createHmac("sha256", key).update(data).digest();
  const canonical = `POST\n${path.replaceAll("%", "%25")}\n\nhost:${host}\nx-amz-date:${date}\n\nhost;x-amz-date\n${hex(text)}`;
  const key = mac(mac(mac(mac(`AWS4${secret}`, "20260102"), "eu-west-1"), "bedrock"), "aws4_request");
  const signature = mac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hex(canonical)}`).toString("hex");
  return {
    "x-amz-date": date,
    authorization: `AWS4-HMAC-SHA256 Credential=${mockAwsCredentials.accessKeyId}/${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`,
  };
}

const send = (sent: JsonObject, at = path, headers?: Record<string, string>) => {
  const text = JSON.stringify(sent);
  return post(mock.url + at, text, headers ?? sign(at, text));
};

type Message = { headers: Record<string, string>; payload: JsonObject };

/** Reads the binary stream, checking both checksums of every message. */
function readMessages(bytes: Buffer): Message[] {
  const messages: Message[] = [];
  for (let at = 0; at < bytes.length;) {
    const [total, headersLength] = [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)];
    expect(bytes.readUInt32BE(at + 8)).toBe(crc32(bytes.subarray(at, at + 8)));
    expect(bytes.readUInt32BE(at + total - 4)).toBe(crc32(bytes.subarray(at, at + total - 4)));
    const headers: Record<string, string> = {};
    for (let head = at + 12; head < at + 12 + headersLength;) {
      const nameEnd = head + 1 + bytes.readUInt8(head);
      const valueEnd = nameEnd + 3 + bytes.readUInt16BE(nameEnd + 1);
      headers[bytes.toString("utf8", head + 1, nameEnd)] = bytes.toString("utf8", nameEnd + 3, valueEnd);
      head = valueEnd;
    }
    messages.push({
      headers,
      payload: asObject(JSON.parse(bytes.toString("utf8", at + 12 + headersLength, at + total - 4))),
    });
    at += total;
  }
  return messages;
}

test("a signed request is answered, whole and as a binary stream with the same words", async () => {
  const whole = await send(body);
  expect(whole.status).toBe(200);
  expect(whole.json.model).toBe("claude-sonnet-4-5-20250929");
  const streamed = await send(body, path.replace("/invoke", "/invoke-with-response-stream"));
  expect(streamed.headers["content-type"]).toBe("application/vnd.amazon.eventstream");
  const messages = readMessages(Buffer.concat(streamed.chunks));
  expect(new Set(messages.map((message) => message.headers[":event-type"]))).toEqual(new Set(["chunk"]));
  const events = messages.map(({ payload }) =>
    asObject(JSON.parse(Buffer.from(String(payload.bytes), "base64").toString())),
  );
  expect([events[0]?.type, events.at(-1)?.type]).toEqual(["message_start", "message_stop"]);
  const text = events.map((event) => asObject(event.delta).text ?? "").join("");
  expect(whole.json.content).toEqual([{ type: "text", text }]);
});

test("non-ASCII text survives the binary stream", async () => {
  mock.setFaults("unicode");
  const streamed = await send(body, path.replace("/invoke", "/invoke-with-response-stream"));
  const texts = readMessages(Buffer.concat(streamed.chunks)).map(({ payload }) =>
    Buffer.from(String(payload.bytes), "base64").toString(),
  );
  expect(texts.map((text) => asObject(asObject(JSON.parse(text)).delta).text ?? "").join("")).toContain("日本語");
});

test("an error in the stream is an exception message", async () => {
  mock.setFaults("error=2,overloaded_error");
  const streamed = await send(body, path.replace("/invoke", "/invoke-with-response-stream"));
  expect(readMessages(Buffer.concat(streamed.chunks)).at(-1)?.headers).toMatchObject({
    ":exception-type": "serviceUnavailableException",
    ":message-type": "exception",
  });
});

test.each<[string, () => Promise<{ status: number; headers: JsonObject }>, number, string]>([
  ["no authorization", () => send(body, path, { authorization: "" }), 403, "MissingAuthenticationTokenException"],
  [
    "a wrong secret",
    () => send(body, path, sign(path, JSON.stringify(body), "wrong")),
    403,
    "InvalidSignatureException",
  ],
  ["another body", () => send(body, path, sign(path, "{}")), 403, "InvalidSignatureException"],
  [
    "an unsigned x-amz header",
    () => send(body, path, { ...sign(path, JSON.stringify(body)), "x-amz-security-token": "t" }),
    403,
    "SignatureDoesNotMatchException",
  ],
  ["a model in the body", () => send({ ...body, model: "claude-sonnet-4-5" }), 400, "ValidationException"],
  ["stream in the body", () => send({ ...body, stream: true }), 400, "ValidationException"],
  ["no version", () => send({ ...body, anthropic_version: undefined }), 400, "ValidationException"],
  ["the API's version", () => send({ ...body, anthropic_version: "2023-06-01" }), 400, "ValidationException"],
  ["a model that is none of Claude's", () => send(body, "/model/meta.llama3-8b/invoke"), 400, "ValidationException"],
  ["what Anthropic refuses", () => send({ ...body, max_tokens: 0 }), 400, "ValidationException"],
])("%s is refused", async (_, sending, status, type) => {
  const heard = await sending();
  expect([heard.status, heard.headers["x-amzn-errortype"]]).toEqual([status, type]);
});
