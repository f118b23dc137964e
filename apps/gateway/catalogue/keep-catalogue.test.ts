import { mkdtempSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { keepCatalogue, type CatalogueKeeper } from "./keep-catalogue.ts";
import { createKnownModels } from "./known-models.ts";
import { refreshedFile } from "./read-catalogue.ts";

const kimi = { cost: { input: 0.7, output: 2.5 }, limit: { context: 1000 } };
const good = JSON.stringify({ moonshot: { models: { "kimi-k2-thinking": kimi } } });

let server: Server | undefined;
let keeper: CatalogueKeeper | undefined;
afterEach(() => {
  keeper?.stop();
  server?.closeAllConnections();
  server?.close();
});

async function serve(answers: string[]): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  server = createServer(({ url }, response) => {
    asked.push(url ?? "");
    response.end(answers[asked.length - 1] ?? answers.at(-1));
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, asked };
}

function keep() {
  const dataDir = mkdtempSync(join(tmpdir(), "onerouter-keep-"));
  const known = createKnownModels(dataDir);
  const prices: Array<number | undefined> = [];
  const warnings: string[] = [];
  keeper = keepCatalogue({
    dataDir,
    known,
    now: Date.now,
    onChange: () => prices.push(known.current().providers.moonshot?.models["kimi-k2-thinking"]?.cost?.input),
    warn: (message) => warnings.push(message),
  });
  return { keeper, dataDir, prices, warnings };
}

test("a catalogue that has never been refreshed is refreshed at once, and is in use", async () => {
  const { keeper: started, prices, warnings } = keep();
  const { url } = await serve([good]);
  started.schedule({ refresh_url: url, refresh_hours: 24 });
  await expect.poll(() => prices).toContain(0.7);
  expect(warnings).toEqual([]);
});

test("what cannot be used is said, and changes nothing (T22)", async () => {
  const { keeper: started, prices, warnings } = keep();
  const { url } = await serve(["<html>"]);
  started.schedule({ refresh_url: url, refresh_hours: 24 });
  await expect.poll(() => warnings).toEqual(["the catalogue stays as it was: the file is no JSON"]);
  expect(prices).toEqual([]);
});

test("without an address nothing is fetched, and a fresh catalogue is not fetched again", async () => {
  const { keeper: started, dataDir } = keep();
  const { url, asked } = await serve([good]);
  started.schedule({ refresh_hours: 1 });
  writeFileSync(refreshedFile(dataDir), "{}");
  started.schedule({ refresh_url: url, refresh_hours: 1 });
  // An hour and more ago: due.
  utimesSync(refreshedFile(dataDir), new Date(), new Date(Date.now() - 3_700_000));
  started.schedule({ refresh_url: `${url}/due`, refresh_hours: 1 });
  await expect.poll(() => asked).toEqual(["/due"]);
});

test("it is refreshed again and again; one that fails changes nothing, and the next is taken up (T22)", async () => {
  const { keeper: started, prices, warnings } = keep();
  const { url } = await serve([good, "<html>", good.replace("0.7", "0.9")]);
  started.schedule({ refresh_url: url, refresh_hours: 10 / 3_600_000 });
  await expect.poll(() => prices).toContain(0.9);
  expect([...new Set(prices)]).toEqual([0.7, 0.9]);
  expect(warnings).toEqual(["the catalogue stays as it was: the file is no JSON"]);
});

test("what another process has refreshed is taken up", async () => {
  const { dataDir, prices } = keep();
  writeFileSync(
    refreshedFile(dataDir),
    JSON.stringify({
      date: "2099-01-01",
      providers: { moonshot: { models: { "kimi-k2-thinking": { model: "moonshotai/kimi-k2-thinking", ...kimi } } } },
    }),
  );
  await vi.waitFor(() => expect(prices).toContain(0.7), { timeout: 20_000 });
});
