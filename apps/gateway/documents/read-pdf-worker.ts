import { parentPort } from "node:worker_threads";
import { extractText, getDocumentProxy } from "unpdf";
import { maxPages, maxTextLength, type PdfText } from "./pdf-text.ts";

/** Reads PDFs on a thread that can be ended: a file may be made to keep a reader busy for ever, or to fill its memory. */
parentPort?.on("message", ({ id, data }: { id: number; data: Uint8Array }) => {
  void read(data).then((text) => parentPort?.postMessage({ id, text }));
});

async function read(data: Uint8Array): Promise<PdfText> {
  try {
    const pdf = await getDocumentProxy(data, { verbosity: 0 });
    if (pdf.numPages > maxPages) return { problem: `has more than ${maxPages} pages` };
    const { text, totalPages } = await extractText(pdf, { mergePages: false });
    const pages = text.map((page, at) => `[Page ${at + 1} of ${totalPages}]\n${page.trim()}`);
    if (text.every((page) => page.trim() === "")) return { problem: "holds no text, only pictures" };
    const whole = pages.join("\n\n").toWellFormed();
    if (whole.length > maxTextLength) return { problem: `holds more than ${maxTextLength} characters` };
    return { text: whole };
  } catch (error) {
    const isLocked = error instanceof Error && error.name === "PasswordException";
    return { problem: isLocked ? "is locked by a password" : "is no PDF that can be read" };
  }
}
