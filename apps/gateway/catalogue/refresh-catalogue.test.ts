import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { RefreshError } from "@onerouter/catalog";
import { afterEach, beforeEach, expect, test } from "vitest";
import { largestFile } from "./fetch-catalogue-file.ts";
import { createKnownModels } from "./known-models.ts";
import { refreshedFile } from "./read-catalogue.ts";
import { refreshCatalogue } from "./refresh-catalogue.ts";

let dataDir: string;
let server: Server | undefined;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "onerouter-refresh-"));
});
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/api.json`;
}

const serveText = (text: string, status = 200): Promise<string> =>
  serve((_request, response) => response.writeHead(status).end(text));

function fileWith(input: unknown): string {
  const kimi = { name: "Kimi K2 Thinking", cost: { input, output: 2.5 }, limit: { context: 262_144 } };
  return JSON.stringify({ moonshotai: { id: "moonshotai", models: { "kimi-k2-thinking": kimi } } });
}

function refresh(from: string, options: { force?: boolean; timeoutMs?: number } = {}) {
  return refreshCatalogue({
    from,
    dataDir,
    known: createKnownModels(dataDir),
    now: Date.parse("2099-01-01"),
    ...options,
  });
}

const priceOfKimi = (): number | undefined =>
  createKnownModels(dataDir).current().providers.moonshot?.models["kimi-k2-thinking"]?.cost?.input;

test("prices from an address are taken up, also by whoever reads the file later", async () => {
  const known = createKnownModels(dataDir);
  expect(known.current().providers.moonshot?.models["kimi-k2-thinking"]?.cost?.input).toBe(0.6);
  const from = await serveText(fileWith(0.7));
  expect(await refreshCatalogue({ from, dataDir, known, now: Date.parse("2099-01-01") })).toMatchObject({
    repriced: 1,
  });
  expect(known.current().providers.moonshot?.models["kimi-k2-thinking"]?.cost?.input).toBe(0.7);
  expect(priceOfKimi()).toBe(0.7);
  // Nothing half-written is left behind.
  expect(readdirSync(dataDir)).toEqual(["catalogue.json"]);
});

test("prices from a file are taken up", async () => {
  const path = join(dataDir, "models.json");
  writeFileSync(path, fileWith(0.7));
  await refresh(path);
  expect(priceOfKimi()).toBe(0.7);
});

/** The file as it was before is as it is after, byte for byte. */
async function expectRefused(from: string, message: RegExp, options: { timeoutMs?: number } = {}): Promise<void> {
  writeFileSync(join(dataDir, "good.json"), fileWith(0.8));
  await refresh(join(dataDir, "good.json"));
  const before = readFileSync(refreshedFile(dataDir), "utf8");
  const error: unknown = await refresh(from, options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RefreshError);
  expect(String(error)).toMatch(message);
  expect(readFileSync(refreshedFile(dataDir), "utf8")).toBe(before);
  expect(priceOfKimi()).toBe(0.8);
}

test.each([
  ["no JSON", "<html>busy</html>", /no JSON/],
  ["half of a file", fileWith(0.7).slice(0, -20), /no JSON/],
  ["a file of another form", '{"data":[{"id":"kimi-k2-thinking"}]}', /no models of any provider/],
  ["a file without what was there before", fileWith(0.7).replace("kimi-k2-thinking", "kimi-k9"), /1 of the 1 models/],
  ["a price that nobody can read", fileWith("cheap"), /1 of the file's 1 models cannot be read/],
])("%s changes nothing (T22)", async (_what, text, message) => {
  await expectRefused(await serveText(text), message);
});

test.each([404, 429, 500, 304])("an answer of %d changes nothing (T22)", async (status) => {
  await expectRefused(await serveText(status === 304 ? "" : fileWith(0.7), status), new RegExp(String(status)));
});

test("an answer that breaks off changes nothing (T22)", async () => {
  const from = await serve((_request, response) => {
    response.writeHead(200, { "content-length": 5000 });
    response.write(fileWith(0.7), () => response.destroy());
  });
  await expectRefused(from, /cannot be fetched/);
});

test("an answer that does not end changes nothing", async () => {
  const from = await serve((_request, response) => void response.writeHead(200).write("{"));
  await expectRefused(from, /did not come within 0.2 s/, { timeoutMs: 200 });
});

test("a huge answer is read no further than the limit, also when it is compressed", async () => {
  const huge = gzipSync(Buffer.alloc(largestFile + 1, " "));
  const from = await serve((_request, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(huge));
  await expectRefused(from, /larger than 16 MB/);
});

test("nobody there, and no such file", async () => {
  const from = await serveText("");
  server?.close();
  await expectRefused(from, /ECONNREFUSED/);
  await expectRefused(join(dataDir, "nothing.json"), /ENOENT/);
});

test("a price that jumped is taken only from who insists", async () => {
  const from = await serveText(fileWith(0.000_000_6 * 1e6 * 100));
  const { jumps } = await refresh(from);
  expect(jumps).toEqual([{ provider: "moonshot", upstreamId: "kimi-k2-thinking", rate: "input", from: 0.6, to: 60 }]);
  expect(priceOfKimi()).toBe(0.6);
  await refresh(from, { force: true });
  expect(priceOfKimi()).toBe(60);
  expect(existsSync(refreshedFile(dataDir))).toBe(true);
});
