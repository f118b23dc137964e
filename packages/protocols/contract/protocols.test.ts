import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkEvents } from "../grammar/check-events.ts";
import type { ChatEvent } from "../model/chat-event.ts";
import { errorTable, RequestError, type ErrorCode } from "../model/error.ts";
import { protocolNames } from "../model/protocol.ts";
import { protocolFor, protocols } from "../protocols.ts";
import { clientContext, countingContext, decodeText, encodeEvents, fold } from "./__fixtures__/answers.ts";

const root = new URL("../", import.meta.url);

function filesOf(folder: string): string[] {
  return readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `${folder}/${file}`);
}

/** The files of this package that a file imports, as paths from the package. */
function importsOf(file: string): string[] {
  const source = readFileSync(new URL(file, root), "utf8");
  const specifiers = [...source.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)].map((match) => match[1] ?? "");
  return specifiers.map((specifier) => new URL(specifier, new URL(file, root)).href.slice(root.href.length));
}

const folders: readonly string[] = protocols.map((protocol) => protocol.name);

test.each(protocols)("$name is found by its name, once", (protocol) => {
  expect(protocolNames).toContain(protocol.name);
  expect(protocols.filter((other) => other.name === protocol.name)).toEqual([protocol]);
  expect(protocolFor(protocol.name)).toBe(protocol);
});

test("a protocol that is not spoken yet is a refusal, not a crash", () => {
  for (const name of protocolNames.filter((one) => !folders.includes(one))) {
    expect(() => protocolFor(name)).toThrow(RequestError);
  }
});

test.each(folders)("%s imports nothing from another protocol's folder", (folder) => {
  const foreign = folders.filter((other) => other !== folder);
  for (const file of filesOf(folder)) {
    for (const imported of importsOf(file))
      expect([file, foreign.includes(imported.split("/", 1)[0] ?? "")]).toEqual([file, false]);
  }
});

test.each(["model", "sse", "wire", "express", "reasoning", "vendors", "grammar", "upstream-errors"])(
  "%s, which protocols share, knows none of them",
  (folder) => {
    for (const file of filesOf(folder)) {
      for (const imported of importsOf(file))
        expect([file, folders.includes(imported.split("/", 1)[0] ?? "")]).toEqual([file, false]);
    }
  },
);

test.each(folders)("%s has every file that a protocol is made of", (folder) => {
  const files = filesOf(folder).map((file) => file.slice(folder.length + 1));
  for (const name of [
    "decode-request",
    "encode-request",
    "decode-response",
    "encode-response",
    "decode-stream",
    "encode-stream",
  ]) {
    expect(files).toContain(`${name}.ts`);
  }
  for (const name of ["errors", "usage", "express", "index"]) expect(files).toContain(`${name}.ts`);
});

describe.each(protocols)("$name, whatever comes", (protocol) => {
  test("no request body is anything but a request or a refusal that names a field", () => {
    const message = fc.record({
      role: fc.constantFrom("user", "assistant", "system", "tool"),
      content: fc.jsonValue(),
    });
    const body = fc.record(
      { model: fc.jsonValue(), max_tokens: fc.jsonValue(), messages: fc.array(message) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), body), (value) => {
        try {
          protocol.decodeRequest(value);
        } catch (error) {
          expect(error).toBeInstanceOf(RequestError);
          expect((error as RequestError).error.param).toMatch(/./);
        }
      }),
    );
  });

  test("any JSON for an answer gives legal events (T5)", () => {
    const body = fc.record(
      {
        content: fc.array(fc.jsonValue()),
        choices: fc.array(fc.record({ message: fc.jsonValue(), finish_reason: fc.jsonValue() })),
        usage: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), body), (value) => {
        const events: ChatEvent[] = [];
        protocol.decodeResponse(value, countingContext(), (event) => events.push(event));
        expect(checkEvents(events)).toEqual([]);
      }),
    );
  });

  test("any text for a stream gives legal events, ended by an error or a finish (T5)", () => {
    const line = fc.oneof(
      fc.string(),
      fc.jsonValue().map((value) => `data: ${JSON.stringify(value)}\n\n`),
      fc.constantFrom("\n", "\r\n", "data: [DONE]\n\n", "event: error\n"),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        expect(["error", "finish"]).toContain(decodeText(protocol, lines.join("")).at(-1)?.type);
      }),
    );
  });

  test.each(Object.keys(errorTable) as ErrorCode[])(
    "the error %s reaches a client in its own words, whole and in a stream",
    (code) => {
      const error = { code, message: "as it is" };
      const { status, body } = protocol.encodeError(error, "req_1");
      expect(status).toBe(errorTable[code].status);
      expect(JSON.stringify(body)).toContain("as it is");
      const stream = encodeEvents(protocol, [
        { type: "start", id: "a", model: "m" },
        { type: "error", error },
      ]);
      const read = fold(decodeText(protocol, stream));
      expect(read.error?.message).toMatch(/./);
    },
  );

  test("429 always says how long to wait", () => {
    expect(
      Number(protocol.encodeError({ code: "rate_limited", message: "m" }, "r").headers["retry-after"]),
    ).toBeGreaterThan(0);
  });

  test("a sign of life may come anywhere and changes nothing", () => {
    const encoder = protocol.createStreamEncoder(clientContext);
    const events: ChatEvent[] = [
      { type: "start", id: "a", model: "m" },
      { type: "block-start", index: 0, block: { type: "text" } },
      { type: "block-delta", index: 0, text: "a" },
      { type: "block-stop", index: 0 },
    ];
    const stream = events.map((event) => encoder.keepAlive() + encoder.encode(event)).join("") + encoder.keepAlive();
    const end = encoder.encode({
      type: "finish",
      reason: "stop",
      usage: { ...fold([]).usage, inputTokens: 1, outputTokens: 1 },
    });
    expect(decodeText(protocol, stream + end)).toEqual(decodeText(protocol, encodeEvents(protocol, events) + end));
  });
});
