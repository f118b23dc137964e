import { expect, test } from "vitest";
import { createResponseStore, type ResponseStore, type StoreLimits } from "./response-store.ts";

let time = 0;

function makeStore(limits: Partial<StoreLimits> = {}): ResponseStore {
  time = 1000;
  const all = { enabled: true, maxBytes: 1_000_000, maxCount: 1000, ttlMs: 60_000, ...limits };
  return createResponseStore(
    () => all,
    () => time,
  );
}

function put(store: ResponseStore, owner: string, id: string, text = "hello"): void {
  store.begin(owner, id, [{ type: "message", role: "user", content: text }], undefined);
  store.complete(owner, id, { id, output: [{ type: "message", id: `msg_${id}` }] });
}

test("a response is found by its owner alone, and only once it is complete", () => {
  const store = makeStore();
  store.begin("a", "resp_1", [{ type: "message", id: "msg_in" }], "resp_0");
  expect(store.find("a", "resp_1")).toBeUndefined();
  store.complete("a", "resp_1", { id: "resp_1", output: [] });
  expect(store.find("a", "resp_1")).toEqual({
    id: "resp_1",
    previousId: "resp_0",
    input: [{ type: "message", id: "msg_in" }],
    body: { id: "resp_1", output: [] },
  });
  expect(store.find("b", "resp_1")).toBeUndefined();
  expect(store.delete("b", "resp_1")).toBe(false);
  expect(store.findItem("b", "msg_in")).toBeUndefined();
  expect(store.findItem("a", "msg_in")).toEqual({ type: "message", id: "msg_in" });
});

test("what is deleted or discarded leaves nothing behind, not even a byte", () => {
  const store = makeStore();
  put(store, "a", "resp_1");
  store.begin("a", "resp_2", [], undefined);
  store.discard("a", "resp_1");
  expect(store.find("a", "resp_1")).toBeDefined();
  store.discard("a", "resp_2");
  expect(store.delete("a", "resp_1")).toBe(true);
  expect([store.size(), store.findItem("a", "msg_resp_1")]).toEqual([{ bytes: 0, count: 0 }, undefined]);
});

test("beyond the bytes the key that holds most loses its oldest; others lose nothing", () => {
  const store = makeStore({ maxBytes: 20_000 });
  put(store, "small", "resp_s");
  for (let at = 0; at < 10; at++) put(store, "busy", `resp_${at}`, "x".repeat(4000));
  expect(store.size().bytes).toBeLessThanOrEqual(20_000);
  expect(store.find("small", "resp_s")).toBeDefined();
  expect([store.find("busy", "resp_0"), store.find("busy", "resp_9")]).toEqual([undefined, expect.anything()]);
});

test("what is used stays longer than what is not", () => {
  const store = makeStore({ maxCount: 2 });
  put(store, "a", "resp_1");
  put(store, "a", "resp_2");
  store.find("a", "resp_1");
  put(store, "a", "resp_3");
  expect(["resp_1", "resp_2", "resp_3"].map((id) => store.find("a", id) !== undefined)).toEqual([true, false, true]);
});

test("a single response that is too large is not kept", () => {
  const store = makeStore({ maxBytes: 2000 });
  put(store, "a", "resp_1", "x".repeat(5000));
  expect([store.find("a", "resp_1"), store.size()]).toEqual([undefined, { bytes: 0, count: 0 }]);
});

test("what nobody used for its time is gone, and its memory with the next response", () => {
  const store = makeStore({ ttlMs: 1000 });
  put(store, "a", "resp_1");
  put(store, "b", "resp_2");
  time += 900;
  store.find("a", "resp_1");
  time += 900;
  expect(store.find("a", "resp_1")).toBeDefined();
  put(store, "c", "resp_3");
  expect([store.find("b", "resp_2"), store.size().count]).toEqual([undefined, 2]);
});

test("switched off by a new configuration, it answers nothing more", () => {
  const limits = { enabled: true, maxBytes: 1_000_000, maxCount: 10, ttlMs: 1000 };
  const store = createResponseStore(
    () => limits,
    () => 0,
  );
  put(store, "a", "resp_1");
  limits.enabled = false;
  expect(store.find("a", "resp_1")).toBeUndefined();
});
