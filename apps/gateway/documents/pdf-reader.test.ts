import { afterAll, beforeAll, expect, test } from "vitest";
import { makePdf } from "../testing/make-pdf.ts";
import { createPdfReader, type PdfReader } from "./pdf-reader.ts";

let reader: PdfReader;
beforeAll(() => void (reader = createPdfReader()));
afterAll(() => reader.close());

const read = (bytes: Buffer) => reader.read(bytes.toString("base64"));

test("the text of every page, with the page's number", async () => {
  expect(await read(makePdf("Hello from page one", "And from two"))).toEqual({
    text: "[Page 1 of 2]\nHello from page one\n\n[Page 2 of 2]\nAnd from two",
  });
});

test("the main thread goes on meanwhile, and a file is read once", async () => {
  const pdf = makePdf(...Array.from({ length: 150 }, (_, at) => `Page ${at}`));
  let beats = 0;
  const heart = setInterval(() => beats++, 1);
  const first = read(pdf);
  expect(await first).toHaveProperty("text");
  clearInterval(heart);
  expect(beats).toBeGreaterThan(1);
  expect(await read(pdf)).toBe(await first);
});

test.each([
  ["no PDF", Buffer.from("hello"), "is no PDF that can be read"],
  ["nothing", Buffer.alloc(0), "is no PDF that can be read"],
  ["a page without text", makePdf(), "holds no text, only pictures"],
  ["too many pages", makePdf(...Array.from({ length: 201 }, () => "x")), "has more than 200 pages"],
  ["half of one", makePdf("Hello").subarray(0, 120), "is no PDF that can be read"],
])("%s is told apart", async (_what, bytes, problem) => expect(await read(bytes)).toEqual({ problem }));

test("many at once are all answered", async () => {
  const all = await Promise.all(Array.from({ length: 40 }, (_, at) => read(makePdf(`Number ${at}`))));
  expect(all.filter(({ text }) => text !== undefined).length).toBeGreaterThanOrEqual(16);
  expect(new Set(all.map(({ problem }) => problem))).toEqual(
    new Set([undefined, "cannot be read now: too many files wait"]),
  );
});
