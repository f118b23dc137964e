import { afterAll, beforeAll, expect, test } from "vitest";
import { createKey } from "../../identity/create-key.ts";
import { answerWell } from "../../testing/answer-well.ts";
import type { Heard, Json } from "../../testing/call.ts";
import { chatClient, messagesClient } from "../../testing/client-dialects.ts";
import { makePdf } from "../../testing/make-pdf.ts";
import { startScriptedUpstream, type ScriptedUpstream } from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

const narrow = createKey("narrow", 0, { models: ["kimi-k2-thinking", "claude"] });
let upstream: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream((response, request) => answerWell(response, request, "done"));
  const chat = { protocol: "openai-chat", base_url: upstream.url } as const;
  gateway = await startTestGateway({
    providers: {
      kimi: { ...chat, vendor: "moonshot", models: { "kimi-k2-thinking": {}, "kimi-k2.5": {} } },
      claude: { protocol: "anthropic-messages", base_url: upstream.url, vendor: "anthropic", models: { claude: {} } },
      other: { protocol: "anthropic-messages", base_url: upstream.url, vendor: "generic", models: { other: {} } },
    },
    keys: [narrow.record],
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } };
const pdf = (...texts: string[]): Json => ({
  type: "document",
  title: "report.pdf",
  source: { type: "base64", media_type: "application/pdf", data: makePdf(...texts).toString("base64") },
});
const user = (...content: unknown[]): Json => ({
  role: "user",
  content: [{ type: "text", text: "Look:" }, ...content],
});
const ask = (model: string, ...messages: Json[]): Promise<Heard> => gateway.ask(messagesClient, { model, messages });
const sent = (): string => JSON.stringify(upstream.last().body.messages);
const receipt = ({ headers }: Heard): string => String(headers["x-onerouter-receipt"]);

test("an image for a model that sees none is refused, and the models that do are named", async () => {
  const heard = await ask("kimi-k2-thinking", user(image));
  expect(heard.status).toBe(400);
  expect(messagesClient.error(heard).message).toMatch(
    /last message has a part of type image, and moonshot does not see images; models here that do: kimi-k2.5, claude/,
  );
  const headers = { authorization: `Bearer ${narrow.key}` };
  const fields = { model: "kimi-k2-thinking", messages: [user(image)] };
  // None is proposed that the key may not use.
  expect(messagesClient.error(await gateway.ask(messagesClient, fields, { headers })).message).toMatch(
    /models here that do: claude$/,
  );
  expect((await ask("kimi-k2.5", user(image))).status).toBe(200);
  expect(sent()).toContain("image_url");
});

test("Claude Code reads a PNG with Kimi: the session goes on, with a note in the image's place", async () => {
  const heard = await ask(
    "kimi-k2-thinking",
    user(),
    { role: "assistant", content: [{ type: "tool_use", id: "r", name: "Read", input: { file_path: "a.png" } }] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "r", content: [image] }] },
  );
  expect(heard.status).toBe(200);
  expect(sent()).toContain("[An image was here. This model does not see images.]");
  expect(receipt(heard)).toContain("messages.image");
});

test("a session that has had an image goes on with a model that sees none", async () => {
  const heard = await ask("kimi-k2-thinking", user(image), { role: "assistant", content: "I see." }, user());
  expect(heard.status).toBe(200);
  expect(sent()).toContain("[An image was here.");
});

test.each(["kimi-k2-thinking", "other"])("%s is told the text of a PDF", async (model) => {
  const heard = await ask(model, user(pdf("Profit rose", "Loss fell")));
  expect(heard.status).toBe(200);
  const text =
    '<document title=\\"report.pdf\\">\\n[Page 1 of 2]\\nProfit rose\\n\\n[Page 2 of 2]\\nLoss fell\\n</document>';
  expect(sent()).toContain(text);
  expect(receipt(heard)).toContain("messages.document");
});

test("chat clients' files are read the same way", async () => {
  const data = `data:application/pdf;base64,${makePdf("Profit rose").toString("base64")}`;
  const content = [{ type: "file", file: { filename: "report.pdf", file_data: data } }];
  const messages = [{ role: "user", content }];
  expect((await gateway.ask(chatClient, { model: "kimi-k2-thinking", messages })).status).toBe(200);
  expect(sent()).toContain("Profit rose");
});

test("a PDF that cannot be read is refused, but not where it lies in the history", async () => {
  const heard = await ask("kimi-k2-thinking", user(pdf()));
  expect(heard.status).toBe(400);
  expect(messagesClient.error(heard).message).toMatch(
    /this one holds no text, only pictures; models here that do: claude/,
  );
  const later = await ask("kimi-k2-thinking", user(pdf()), { role: "assistant", content: "Hm." }, user());
  expect(later.status).toBe(200);
  expect(sent()).toContain("[A document was here that holds no text, only pictures.]");
  const address = { type: "document", source: { type: "url", url: "https://files.example/a.pdf" } };
  expect(messagesClient.error(await ask("kimi-k2-thinking", user(address))).message).toMatch(
    /the gateway fetches nothing/,
  );
});

test("a text in base64 is a text", async () => {
  const data = Buffer.from("größer").toString("base64");
  const document = { type: "document", source: { type: "base64", media_type: "text/plain", data } };
  expect((await ask("kimi-k2-thinking", user(document))).status).toBe(200);
  expect(sent()).toContain("größer");
});

test("Claude reads its own", async () => {
  const heard = await ask("claude", user(image, pdf("Profit rose")));
  expect(heard.status).toBe(200);
  expect(sent()).toContain('"application/pdf"');
  expect(heard.headers).not.toHaveProperty("x-onerouter-receipt");
});
