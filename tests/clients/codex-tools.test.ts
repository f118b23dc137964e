import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { configFor, mainUpstreams } from "./harness/main-upstreams.ts";
import { openScene } from "./harness/open-scene.ts";
import { clientFolders } from "./harness/run-claude.ts";
import { runCodex } from "./harness/run-codex.ts";

/** By this name Codex offers its patch tool as free text with a grammar, and searches tools and the web. */
const model = "gpt-5.5";
const prompt = "create hello.txt containing hi, then run cat hello.txt";

test.each(mainUpstreams)(
  "Codex patches a file by its free-text tool on $protocol in the dialect of $vendor",
  async (upstream) => {
    const scene = await openScene("codex-tools", (url) => {
      const config = configFor(upstream, url);
      return { ...config, aliases: { [model]: `${upstream.name}/${upstream.model}` } };
    });
    try {
      const { mock, gateway, folder } = scene;
      const session = join(folder, "session");
      const run = await runCodex({ prompt, target: { ...gateway, model }, folder: session });
      expect({ code: run.code, error: run.error, text: run.text }).toEqual({
        code: 0,
        error: undefined,
        text: expect.stringContaining("(mock) Done: created hello.txt"),
      });
      expect(readFileSync(join(clientFolders(session).work, "hello.txt"), "utf8")).toBe("hi\n");
      expect(mock.requests.map(({ status, refusal }) => ({ status, refusal }))).toEqual(
        Array.from({ length: 3 }, () => ({ status: 200, refusal: undefined })),
      );
      expect(JSON.stringify(mock.requests[1]?.body)).toContain("*** Begin Patch");
    } finally {
      await scene.close();
    }
  },
);
