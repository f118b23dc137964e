import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { ApiKeyRecord } from "../identity/api-key.ts";
import type { GenerationRecord } from "../metering/generation-record.ts";
import type { Storage } from "./storage.ts";

/**
 * What every database must do alike. `open` is called several times for the same, at first empty, database: each call is
 * another process's view of it.
 */
export function describeStorageContract(name: string, open: () => Promise<Storage>): void {
  describe(name, () => {
    let storage: Storage;
    let other: Storage;
    beforeAll(async () => {
      // At once: two processes may start on a new database together.
      [storage, other] = await Promise.all([open(), open()]);
    });
    afterAll(async () => {
      await Promise.all([storage.close(), other.close()]);
    });

    test("a key comes back as it was written, to every process", async () => {
      const key = makeKey({ expiresAt: 1_900_000_000_000 });
      await storage.keys.insert(key);
      expect(await storage.keys.list()).toContainEqual(key);
      expect(await other.keys.list()).toContainEqual(key);
    });

    test("the same hash cannot be stored twice", async () => {
      const key = makeKey();
      await storage.keys.insert(key);
      await expect(storage.keys.insert(makeKey({ hash: key.hash }))).rejects.toThrow(/unique/i);
    });

    test.each(["id", "name", "label"] as const)("a key is revoked by its %s, once", async (field) => {
      const key = makeKey();
      await storage.keys.insert(key);
      expect(await other.keys.revoke(key[field], 111)).toBe(true);
      expect(await storage.keys.revoke(key[field], 222)).toBe(true);
      expect((await storage.keys.list()).find(({ id }) => id === key.id)?.revokedAt).toBe(111);
    });

    test("revoking by name ends every key of that name; an id goes before a name", async () => {
      const first = makeKey();
      const second = makeKey({ name: first.name });
      const third = makeKey({ name: first.id });
      for (const key of [first, second, third]) await storage.keys.insert(key);
      await storage.keys.revoke(first.id, 1);
      expect(await revokedIds(storage, [first, second, third])).toEqual([first.id]);
      await storage.keys.revoke(first.name, 2);
      expect(await revokedIds(storage, [first, second, third])).toEqual([first.id, second.id]);
    });

    test("what is set for a key comes back to every process, and only what is given changes", async () => {
      const key = makeKey({ models: ["a/*", 'odd "name", [1]'], resume: false });
      await storage.keys.insert(key);
      expect(await other.keys.list()).toContainEqual(key);
      expect(await other.keys.update(key.id, { resume: true })).toEqual([{ ...key, resume: true }]);
      expect(await other.keys.update(key.id, { models: ["b/c"] })).toEqual([{ ...key, models: ["b/c"], resume: true }]);
      expect(await other.keys.update(key.id, { models: null, resume: null })).toEqual([
        { ...key, models: null, resume: null },
      ]);
      expect(await storage.keys.list()).toContainEqual({ ...key, models: null, resume: null });
      // None is not all.
      expect(await storage.keys.update(key.id, { models: [] })).toEqual([{ ...key, models: [], resume: null }]);
    });

    test("an update reaches every key of a name that is not revoked, and an id goes before a name", async () => {
      const first = makeKey();
      const second = makeKey({ name: first.name });
      const revoked = makeKey({ name: first.name, revokedAt: 1 });
      const namesake = makeKey({ name: first.id });
      for (const key of [first, second, revoked, namesake]) await storage.keys.insert(key);
      const idsOf = (keys: readonly ApiKeyRecord[]): string[] => keys.map(({ id }) => id).toSorted();
      expect(idsOf(await storage.keys.update(first.id, { resume: false }))).toEqual([first.id]);
      expect(idsOf(await storage.keys.update(first.name, { resume: true }))).toEqual([first.id, second.id].toSorted());
      expect(idsOf(await storage.keys.update(second.label, { resume: null }))).toEqual([second.id]);
      for (const name of [revoked.id, "nobody"]) expect(await storage.keys.update(name, { resume: true })).toEqual([]);
      expect(await storage.keys.list()).toEqual(expect.arrayContaining([revoked, namesake]));
    });

    test("revoking what is not there says so", async () => {
      expect(await storage.keys.revoke("nobody", 1)).toBe(false);
    });

    test("a change of keys is told in this process and in others, a generation is not", async () => {
      const here = vi.fn<() => void>();
      const there = vi.fn<() => void>();
      const stops = [storage.keys.onChange(here), other.keys.onChange(there)];
      // Another call after the first: from here on both are surely watching.
      await Promise.all([storage.keys.list(), other.keys.list()]);

      await storage.generations.append([makeGeneration()]);
      const key = makeKey();
      await storage.keys.insert(key);
      // Own writes are told before they are acknowledged.
      expect(here).toHaveBeenCalledTimes(1);
      await vi.waitFor(() => expect(there).toHaveBeenCalledTimes(1), { timeout: 5000 });

      await other.keys.update(key.id, { resume: false });
      expect(there).toHaveBeenCalledTimes(2);
      await vi.waitFor(() => expect(here).toHaveBeenCalledTimes(2), { timeout: 5000 });

      await other.keys.revoke(key.id, 1);
      expect(there).toHaveBeenCalledTimes(3);
      await vi.waitFor(() => expect(here).toHaveBeenCalledTimes(3), { timeout: 5000 });

      for (const stop of stops) stop();
      await other.keys.insert(makeKey());
      expect(there).toHaveBeenCalledTimes(3);
    });

    test("a generation comes back exactly, its cost beyond what a double holds", async () => {
      const full = makeGeneration({ costPicodollars: 9_007_199_254_740_993n });
      const empty = makeGeneration({
        sessionId: null,
        upstreamProtocol: null,
        model: null,
        provider: null,
        upstreamModel: null,
        streamed: false,
        expressLane: true,
        errorCode: "no_endpoint",
        aborted: true,
        finishReason: null,
        costPicodollars: null,
        ttftMs: null,
        attempts: [],
        plan: { model: "moonshotai/kimi-k2-thinking", candidates: [] },
        receipt: [],
      });
      await storage.generations.append([full, empty]);
      expect(await other.generations.find(full.id)).toStrictEqual(full);
      expect(await other.generations.find(empty.id)).toStrictEqual(empty);
      expect(await storage.generations.find("gen-none")).toBeUndefined();
    });

    test("a batch may be sent again, and costs of 0 and null stay apart", async () => {
      const free = makeGeneration({ costPicodollars: 0n });
      await storage.generations.append([free]);
      await storage.generations.append([{ ...free, status: 500 }, makeGeneration()]);
      expect(await storage.generations.find(free.id)).toStrictEqual(free);
      await storage.generations.append([]);
    });

    test("a batch is all or nothing", async () => {
      const good = makeGeneration();
      const bad = { ...makeGeneration(), keyId: null } as unknown as GenerationRecord;
      await expect(storage.generations.append([good, bad])).rejects.toThrow();
      expect(await storage.generations.find(good.id)).toBeUndefined();
    });

    test("a batch larger than one statement is stored whole", async () => {
      const batch = Array.from({ length: 1001 }, () => makeGeneration());
      await storage.generations.append(batch);
      expect(await other.generations.find(batch[1000]?.id ?? "")).toStrictEqual(batch[1000]);
    });

    test("a setting is created once, whoever asks first", async () => {
      const [first, second] = await Promise.all([
        storage.settings.getOrCreate("seal-key", "a"),
        other.settings.getOrCreate("seal-key", "b"),
      ]);
      expect(first).toBe(second);
      expect(await storage.settings.getOrCreate("seal-key", "c")).toBe(first);
    });

    test("many writers at once lose nothing", async () => {
      const keys = Array.from({ length: 20 }, () => makeKey());
      await Promise.all(keys.map((key, index) => (index % 2 === 0 ? storage : other).keys.insert(key)));
      expect(await storage.keys.list()).toEqual(expect.arrayContaining(keys));
    });

    test("after close every call is refused", async () => {
      const third = await open();
      const pending = third.keys.list();
      await third.close();
      await expect(pending).resolves.toBeInstanceOf(Array);
      await expect(third.keys.list()).rejects.toThrow("closed");
      await third.close();
    });
  });
}

async function revokedIds(storage: Storage, among: readonly ApiKeyRecord[]): Promise<string[]> {
  const revoked = new Set((await storage.keys.list()).filter((key) => key.revokedAt !== null).map((key) => key.id));
  return among.map(({ id }) => id).filter((id) => revoked.has(id));
}

export function makeKey(fields: Partial<ApiKeyRecord> = {}): ApiKeyRecord {
  const id = randomUUID();
  return {
    id,
    name: `name ${id}`,
    hash: `hash ${id}`,
    label: `label ${id}`,
    createdAt: 1_800_000_000_000,
    revokedAt: null,
    expiresAt: null,
    models: null,
    resume: null,
    ...fields,
  };
}

export function makeGeneration(fields: Partial<GenerationRecord> = {}): GenerationRecord {
  return {
    id: `gen-${randomUUID()}`,
    createdAt: 1_800_000_000_000,
    keyId: "key_1",
    sessionId: "session",
    clientProtocol: "anthropic-messages",
    upstreamProtocol: "openai-chat",
    requestedModel: "kimi-k2-thinking",
    model: "moonshotai/kimi-k2-thinking",
    provider: "moonshot",
    upstreamModel: "kimi-k2-thinking",
    streamed: true,
    expressLane: false,
    status: 200,
    errorCode: null,
    aborted: false,
    finishReason: "tool-calls",
    usage: {
      inputTokens: 1000,
      cacheReadTokens: 900,
      cacheWriteTokens: 10,
      cacheWrite1hTokens: 20,
      outputTokens: 30,
      reasoningTokens: 15,
    },
    usageSource: "upstream",
    costPicodollars: 1n,
    ttftMs: 12.25,
    durationMs: 99.5,
    attempts: [
      {
        provider: "moonshot",
        upstreamModel: "kimi-k2-thinking",
        startedAt: 1,
        durationMs: 2.5,
        outcome: "ok",
        status: 200,
      },
    ],
    plan: { model: "moonshotai/kimi-k2-thinking", candidates: [] },
    receipt: [{ field: "topK", action: "dropped", reason: "naïve “reason” – 理由" }],
    ...fields,
  };
}
