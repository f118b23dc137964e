import { expect, test } from "vitest";
import { createKey, hashKey } from "./create-key.ts";

test("a key has 256 random bits, and only its digest and its ends are stored", () => {
  const { key, record } = createKey("ci", 1000, { expiresAt: 2000 });
  expect(key).toMatch(/^sk-or-v1-[0-9a-f]{64}$/);
  expect(record).toEqual({
    id: expect.stringMatching(/^key_[0-9a-f]{24}$/),
    name: "ci",
    hash: hashKey(key),
    label: `sk-or-v1-...${key.slice(-4)}`,
    createdAt: 1000,
    revokedAt: null,
    expiresAt: 2000,
    models: null,
    resume: null,
  });
  expect(JSON.stringify(record)).not.toContain(key.slice("sk-or-v1-".length, -4));
  expect(createKey("ci", 1000).key).not.toBe(key);
});

test("randomness can be given", () => {
  const random = (bytes: number): Buffer => Buffer.alloc(bytes, 0xab);
  expect(createKey("ci", 0, { random }).key).toBe(`sk-or-v1-${"ab".repeat(32)}`);
  expect(hashKey("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});
