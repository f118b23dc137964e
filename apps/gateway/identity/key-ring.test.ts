import { expect, test, vi } from "vitest";
import type { ApiKeyRecord, ApiKeyStore } from "./api-key.ts";
import { createKey } from "./create-key.ts";
import { createKeyRing } from "./key-ring.ts";

/** A store in memory whose list can be made to fail. */
function memoryStore(records: ApiKeyRecord[]) {
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const state = { broken: false, listeners };
  const store: ApiKeyStore = {
    async insert(record) {
      records.push(record);
      changed();
    },
    async list() {
      if (state.broken) throw new Error("database is locked");
      return records.map((record) => ({ ...record }));
    },
    async revoke(id, at) {
      const record = records.find((candidate) => candidate.id === id);
      if (record === undefined) return false;
      record.revokedAt = at;
      changed();
      return true;
    },
    async update(id, settings) {
      const record = records.find((candidate) => candidate.id === id);
      if (record === undefined) return [];
      Object.assign(record, settings);
      changed();
      return [record];
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return { store, state };
}

test("a stored key is its principal; anything else is nobody", async () => {
  const { key, record } = createKey("ci", 0);
  const ring = await createKeyRing(memoryStore([record]).store);
  expect(ring.authenticate(key)).toEqual({ keyId: record.id, keyName: "ci" });
  for (const wrong of [undefined, "", record.hash, `${key}0`, key.toUpperCase(), "x".repeat(1_000_000)]) {
    expect(ring.authenticate(wrong)).toBeUndefined();
  }
});

test("new and revoked keys are taken up when the store changes", async () => {
  const { store } = memoryStore([]);
  const ring = await createKeyRing(store);
  const { key, record } = createKey("ci", 0);
  await store.insert(record);
  await vi.waitFor(() => expect(ring.authenticate(key)).toBeDefined());
  await store.revoke(record.id, 1);
  await vi.waitFor(() => expect(ring.authenticate(key)).toBeUndefined());
});

test("settings are part of the principal, and changed ones are taken up like a revocation", async () => {
  const { key, record } = createKey("ci", 0, { models: ["a/*"], resume: false });
  const { store } = memoryStore([record]);
  const ring = await createKeyRing(store);
  expect(ring.authenticate(key)).toMatchObject({ models: { names: ["a/*"] }, resume: false });
  // The same object for each request: what is worked out for it is kept.
  expect(ring.authenticate(key)?.models).toBe(ring.authenticate(key)?.models);
  await store.update(record.id, { models: null, resume: true });
  await vi.waitFor(() => expect(ring.authenticate(key)).toMatchObject({ models: undefined, resume: true }));
});

test("a key ends at its time without any change of the store", async () => {
  let now = 1000;
  const { key, record } = createKey("ci", 0, { expiresAt: 2000 });
  const ring = await createKeyRing(memoryStore([record]).store, () => now);
  expect(ring.authenticate(key)).toBeDefined();
  now = 2000;
  expect(ring.authenticate(key)).toBeUndefined();
});

test("when the store fails for a while, known keys stay valid and the change is taken up later", async () => {
  vi.useFakeTimers();
  try {
    const { key, record } = createKey("ci", 0);
    const { store, state } = memoryStore([record]);
    const ring = await createKeyRing(store);
    state.broken = true;
    await store.revoke(record.id, 1);
    await vi.advanceTimersByTimeAsync(500);
    expect(ring.authenticate(key)).toBeDefined();
    state.broken = false;
    await vi.advanceTimersByTimeAsync(2000);
    expect(ring.authenticate(key)).toBeUndefined();
  } finally {
    vi.useRealTimers();
  }
});

test("a closed ring follows nothing, and a failed start leaves nothing behind", async () => {
  const { store, state } = memoryStore([]);
  (await createKeyRing(store)).close();
  expect(state.listeners.size).toBe(0);
  state.broken = true;
  await expect(createKeyRing(store)).rejects.toThrow("locked");
  expect(state.listeners.size).toBe(0);
});
