import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createWorkplace, type Workplace } from "./testing/run-onerouter.ts";

/* The command line as a person has it: a process of its own, started with nothing in its environment. */

let place: Workplace;
beforeEach(() => {
  place = createWorkplace();
});
afterEach(() => place.remove());

const ownConfig = `providers:
  upstream:
    protocol: openai-chat
    base_url: http://127.0.0.1:9/v1
    api_keys: ["\${UPSTREAM_KEY}"]
    models: { author/first: { context_length: 100000 }, author/second: {} }
aliases: { second: author/second }
`;

function json(text: string): unknown {
  return JSON.parse(text);
}

describe("keys", { timeout: 60_000 }, () => {
  test("are created, listed without secrets and revoked, with JSON alone on stdout", async () => {
    const created = await place.run(["keys", "create", "--name", "ci", "--expires", "30d", "--json"]);
    expect(created.code).toBe(0);
    expect(json(created.stdout)).toEqual({
      id: expect.stringMatching(/^key_/),
      name: "ci",
      key: expect.stringMatching(/^sk-or-v1-[0-9a-f]{64}$/),
      expires_at: expect.any(String),
      models: null,
      resume: null,
    });
    const { id, key } = json(created.stdout) as { id: string; key: string };

    // Options stand before the command, too.
    const listed = await place.run(["--json", "keys", "list"]);
    expect(json(listed.stdout)).toEqual([
      expect.objectContaining({ id, name: "ci", status: "active", label: `sk-or-v1-...${key.slice(-4)}` }),
    ]);
    expect(listed.stdout).not.toContain(key);
    expect(listed.stdout).not.toContain("hash");

    expect(json((await place.run(["keys", "--json", "revoke", id])).stdout)).toEqual({ revoked: id });
    expect((await place.run(["keys", "list"])).stdout).toContain("revoked");
    expect(statSync(join(place.folder, ".onerouter")).mode & 0o777).toBe(0o700);
    expect(statSync(join(place.folder, ".onerouter", "onerouter.db")).mode & 0o777).toBe(0o600);
  });

  test("have settings, of which an update changes those that it names", async () => {
    writeFileSync(join(place.folder, "onerouter.yaml"), ownConfig);
    const create = ["keys", "create", "--name", "ci", "--json", "--resume", "off"];
    const created = await place.run([...create, "--models", "second,author/f*", "first"]);
    // An alias stays one, another name becomes the id it stands for.
    const models = ["second", "author/f*", "author/first"];
    expect(json(created.stdout)).toMatchObject({ models, resume: false });
    const { id } = json(created.stdout) as { id: string };
    const update = async (...flags: string[]): Promise<unknown> =>
      json((await place.run(["keys", "update", id, "--json", ...flags])).stdout);
    const key = { id, name: "ci", status: "active" };
    expect(await update("--resume", "on")).toMatchObject({ updated: id, keys: [{ ...key, models, resume: true }] });
    expect(await update("--models", "author/second")).toMatchObject({
      keys: [{ models: ["author/second"], resume: true }],
    });
    const listed = await place.run(["keys", "list"]);
    expect(listed.stdout).toMatch(/RESUME +MODELS\n.* on +author\/second\n/);
    expect(await update("--all-models", "--resume", "default")).toMatchObject({
      keys: [{ models: null, resume: null }],
    });
    await update("--models", "first");
    expect(await update("--models", "*")).toMatchObject({ keys: [{ models: null }] });
    expect(json((await place.run(["keys", "list", "--json"])).stdout)).toMatchObject([
      { ...key, models: null, resume: null },
    ]);
  });

  test("may have a model that is known and has no provider yet, which is said", async () => {
    writeFileSync(join(place.folder, "onerouter.yaml"), ownConfig);
    const models = ["anthropic/*", "claude-opus-4-5-20251101"];
    const { stdout, stderr } = await place.run(["keys", "create", "--name", "ci", "--json", "--models", ...models]);
    expect(json(stdout)).toMatchObject({ models: ["anthropic/*", "anthropic/claude-opus-4.5"] });
    expect(stderr).toContain("anthropic/*: no provider with a key offers it yet");
    expect(stderr).toContain("claude-opus-4-5-20251101: no provider");
  });

  test("may not have a model that nobody knows; the nearest is named", async () => {
    writeFileSync(join(place.folder, "onerouter.yaml"), ownConfig);
    const refusalOf = async (...models: string[]): Promise<string> =>
      (await place.run(["keys", "create", "--name", "ci", "--models", ...models])).stderr;
    expect(await refusalOf("author/fisrt")).toContain("author/fisrt is no model and no alias here");
    expect(await refusalOf("author/fisrt")).toContain("did you mean author/first?");
    expect(await refusalOf("antropic/*")).toContain("did you mean anthropic/*?");
    expect(await refusalOf("autor/*")).toContain("did you mean author/*?");
    expect(await refusalOf("anthropic/claude-sonet-4.5")).toContain("did you mean anthropic/claude-sonnet-4.5?");
    expect(await refusalOf("zzzzzzzzzzzzzzz")).toContain("onerouter models --known lists all");
    expect(await refusalOf("onerouter/auto")).toContain("chooses among those that the key may use");
    expect(json((await place.run(["keys", "list", "--json"])).stdout)).toEqual([]);
  });

  test("need no provider's key, and lie in the folder of the configuration or of --data", async () => {
    mkdirSync(join(place.folder, "conf"));
    writeFileSync(join(place.folder, "conf", "onerouter.yaml"), ownConfig);
    const config = ["--config", "conf/onerouter.yaml"];
    expect((await place.run(["keys", "create", "--name", "a", ...config])).code).toBe(0);
    expect(statSync(join(place.folder, "conf", ".onerouter", "onerouter.db")).isFile()).toBe(true);
    expect((await place.run([...config, "--data", "elsewhere", "keys", "create", "--name", "b"])).code).toBe(0);
    const listed = await place.run(["keys", "list", "--json", "--data", "elsewhere", ...config]);
    expect(json(listed.stdout)).toEqual([expect.objectContaining({ name: "b" })]);
  });
});

describe("errors", { timeout: 30_000 }, () => {
  test.each([
    [["keys", "revoke", "nobody"], "key_not_found"],
    [["keys", "create"], "usage"],
    [["keys", "create", "--name", "x", "--models", ", "], "usage"],
    [["keys", "create", "--name", "x", "--models", "nobody/*"], "unknown_model"],
    [["keys", "create", "--name", "x", "--resume", "maybe"], "usage"],
    [["keys", "update"], "usage"],
    [["keys", "update", "x"], "usage"],
    [["keys", "update", "x", "--resume", "false"], "usage"],
    [["keys", "update", "x", "--all-models", "--models", "kimi-k2-thinking"], "usage"],
    [["keys", "update", "nobody", "--resume", "off"], "key_not_found"],
    [["keys", "create", "--name", "x", "--expires", "soon"], "usage"],
    [["nonsense"], "usage"],
    [["models", "--config", "nowhere.yaml"], "config_invalid"],
    [["env", "--shell", "csh"], "usage"],
    [["init", "--provider", "unheard-of"], "usage"],
    [["init", "--provider", "moonshot", "--key-variable", "sk-1234"], "usage"],
  ])("%j ends with 1 and says %s", async (args, code) => {
    const [spoken, printed] = await Promise.all([place.run(args), place.run([...args, "--json"])]);
    expect(spoken).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/\S/) });
    expect(printed.code).toBe(1);
    expect(json(printed.stdout)).toEqual({ error: expect.objectContaining({ code, message: expect.any(String) }) });
  });

  test("a broken configuration is told whole", async () => {
    writeFileSync(join(place.folder, "onerouter.yaml"), `${ownConfig}servr: {}\n`);
    const { stderr, code } = await place.run(["models"]);
    expect(code).toBe(1);
    expect(stderr).toContain("line 8, servr: is not a setting; did you mean server?");
  });
});

describe("init", { timeout: 30_000 }, () => {
  test("writes a file that works, with the key's variable and never a key", async () => {
    const init = ["init", "--provider", "moonshot", "--json"];
    const { stdout } = await place.run(init, { env: { MOONSHOT_API_KEY: "sk-secret" } });
    const file = join(place.folder, "onerouter.yaml");
    expect(json(stdout)).toEqual({ file, provider: "moonshot", model: null, key_variable: "MOONSHOT_API_KEY" });
    const text = readFileSync(file, "utf8");
    expect(text).toContain("${MOONSHOT_API_KEY}");
    expect(text).not.toContain("sk-secret");
    const listed = json((await place.run(["models", "kimi-k2-thinking", "--json"])).stdout) as unknown[];
    expect(listed).toContainEqual({
      id: "moonshotai/kimi-k2-thinking",
      aliases: [],
      active: true,
      endpoints: [
        {
          provider: "moonshot",
          protocol: "openai-chat",
          vendor: "moonshot",
          upstream_id: "kimi-k2-thinking",
          context_length: 262_144,
          max_output_tokens: null,
          pricing: { prompt: "0.6", completion: "2.5", cache_read: "0.15" },
        },
      ],
    });
  });

  test("writes one model of a provider where one is named, and everything for a provider that nobody knows", async () => {
    const file = join(place.folder, "onerouter.yaml");
    const known = ["init", "--provider", "anthropic", "--model", "anthropic/claude-sonnet-4.5", "--force"];
    expect((await place.run(known)).code).toBe(0);
    expect(readFileSync(file, "utf8")).not.toContain("upstream_id");
    const own = [
      "--protocol",
      "openai-chat",
      "--base-url",
      "http://127.0.0.1:9",
      "--key-variable",
      "KEY",
      "--model",
      "a/b",
    ];
    expect((await place.run(["init", "--provider", "mine", ...own, "--force"])).code).toBe(0);
    expect(readFileSync(file, "utf8")).toContain("upstream_id: b");
  });

  test("replaces a file only when told to", async () => {
    const file = join(place.folder, "onerouter.yaml");
    writeFileSync(file, "# mine\n");
    const args = ["init", "--provider", "openai", "--model", "openai/some-model", "--json"];
    expect(json((await place.run(args)).stdout)).toEqual({ error: expect.objectContaining({ code: "file_exists" }) });
    expect(readFileSync(file, "utf8")).toBe("# mine\n");
    expect((await place.run([...args, "--force"])).code).toBe(0);
    expect(readFileSync(file, "utf8")).toContain("openai/some-model");
  });
});

describe("route explain", { timeout: 30_000 }, () => {
  test("names endpoints in order and those left out, also without a server and without keys", async () => {
    writeFileSync(join(place.folder, "onerouter.yaml"), ownConfig);
    const asked = ["route", "explain", "second:nitro", "--tools", "--prompt-tokens", "5000"];
    const { code, stdout, stderr } = await place.run(asked);
    expect([code, stderr]).toEqual([0, expect.stringContaining("No server runs here")]);
    expect(stdout).toMatch(/^author\/second: 5000 tokens of prompt.*\n.*\n1 {2}author\/second {2}upstream {2}unpriced/);
    const { live, candidates } = json((await place.run([...asked, "--json"])).stdout) as Record<string, unknown>;
    expect([live, candidates]).toEqual([
      false,
      [expect.objectContaining({ provider: "upstream", expected_cost: null })],
    ]);
  });

  test("tells what the request would be refused for", async () => {
    writeFileSync(join(place.folder, "onerouter.yaml"), ownConfig);
    const refused = await place.run([
      "route",
      "explain",
      "second",
      "--provider",
      '{"max_price":{"prompt":1}}',
      "--json",
    ]);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain("provider.max_price: has no known price");
    expect((await place.run(["route", "explain", "second", "--provider", "{"])).stderr).toContain("in JSON");
  });
});

describe("models", { timeout: 30_000 }, () => {
  test("hundreds are known without a key, and a word finds some of them", async () => {
    const all = json((await place.run(["models", "--known", "--json"])).stdout) as Array<{ active: boolean }>;
    // Longer than a pipe takes at once: all of it arrives before the process ends.
    expect(all.length).toBeGreaterThan(300);
    // Without a configuration the mock stands in for OpenRouter, too.
    const active = all.filter((model) => model.active).length;
    expect([active > 300, active < all.length]).toEqual([true, true]);
    writeFileSync(join(place.folder, "onerouter.yaml"), ownConfig);
    const { stdout, stderr } = await place.run(["models", "sonnet", "bedrock", "--known"]);
    expect(stdout).toMatch(/^MODEL .*\nanthropic\/claude-.*sonnet/);
    expect(stdout).toContain("(bedrock)");
    expect(stderr).toMatch(/^\d of \d+ models\. A provider in brackets has no key here\.\n$/);
  });

  test("refresh takes up a file, names prices that jumped, and refuses what is none", async () => {
    const kimi = { cost: { input: 0.06, output: 2.5 }, limit: { context: 1000 } };
    const file = join(place.folder, "models.json");
    writeFileSync(file, JSON.stringify({ moonshotai: { models: { "kimi-k2-thinking": kimi, "kimi-new": kimi } } }));
    const { stdout } = await place.run(["models", "refresh", "--from", file]);
    expect(stdout).toContain("1 models are new");
    expect(stdout).not.toContain("jumped");
    kimi.cost.input = 6000;
    writeFileSync(file, JSON.stringify({ moonshotai: { models: { "kimi-k2-thinking": kimi, "kimi-new": kimi } } }));
    const { jumps } = json((await place.run(["models", "refresh", "--from", file, "--json"])).stdout) as {
      jumps: unknown[];
    };
    expect(jumps).toContainEqual(expect.objectContaining({ upstreamId: "kimi-new", from: 0.06, to: 6000 }));
    writeFileSync(file, "<html>");
    const { code, stderr } = await place.run(["models", "refresh", "--from", file]);
    expect([code, stderr]).toEqual([1, "onerouter: the catalogue stays as it was: the file is no JSON\n"]);
    const listed = JSON.stringify(json((await place.run(["models", "kimi-new", "--known", "--json"])).stdout));
    expect(listed).toContain('"prompt":"0.06"');
  });
});

describe("env", { timeout: 30_000 }, () => {
  test("prints what points Claude Code here, with the model's true window", async () => {
    const { stdout, stderr } = await place.run(["env", "--json"]);
    const key = readFileSync(join(place.folder, ".onerouter", "local-key"), "utf8").trim();
    expect(json(stdout)).toMatchObject({
      ANTHROPIC_BASE_URL: "http://127.0.0.1:4000",
      ANTHROPIC_AUTH_TOKEN: key,
      ANTHROPIC_MODEL: "kimi-k2-thinking",
      CLAUDE_CODE_MAX_CONTEXT_TOKENS: "262144",
    });
    expect(stderr).toContain("onerouter serve");
    const exports = (await place.run(["env"])).stdout;
    expect(exports).toContain("unset ANTHROPIC_API_KEY\n");
    expect(exports).toContain(`export ANTHROPIC_AUTH_TOKEN=${key}\n`);
    expect((await place.run(["env", "--shell", "fish"])).stdout).toContain(`set -gx ANTHROPIC_AUTH_TOKEN ${key}\n`);
  });

  test("names the model of ANTHROPIC_MODEL, else the first of the configuration", async () => {
    writeFileSync(join(place.folder, "onerouter.yaml"), ownConfig);
    expect(json((await place.run(["env", "--json"])).stdout)).toMatchObject({
      ANTHROPIC_MODEL: "author/first",
      CLAUDE_CODE_AUTO_COMPACT_WINDOW: "100000",
    });
    const chosen = json((await place.run(["env", "--json"], { env: { ANTHROPIC_MODEL: "second" } })).stdout);
    expect(chosen).toMatchObject({ ANTHROPIC_MODEL: "second", ANTHROPIC_DEFAULT_OPUS_MODEL: "second" });
    expect(chosen).not.toHaveProperty("CLAUDE_CODE_MAX_CONTEXT_TOKENS");
  });
});

describe("claude", { timeout: 30_000 }, () => {
  test("does not start without a server, and says how to start one", async () => {
    expect(await place.run(["claude", "-p", "hi"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("onerouter serve"),
    });
  });

  test("runs the program on PATH with arguments, variables and exit code passed through", async () => {
    const bin = join(place.folder, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "claude"), `#!/bin/sh\nenv\nfor a in "$@"; do echo "arg:$a"; done\nexit 7\n`);
    chmodSync(join(bin, "claude"), 0o755);
    const served = await place.serve(["--data", "data"]);
    const env = { PATH: `${bin}:/usr/bin:/bin`, ANTHROPIC_API_KEY: "theirs", DISABLE_TELEMETRY: "0" };

    const run = await place.run(["claude", "-p", "say hi", "--model", "x", "--data", "data", "--json"], { env });
    expect(run.code).toBe(7);
    const lines = run.stdout.split("\n");
    expect(lines.filter((line) => line.startsWith("arg:"))).toEqual(
      ["--permission-mode", "acceptEdits", "-p", "say hi", "--model", "x", "--json"].map((arg) => `arg:${arg}`),
    );
    expect(lines).toContain(`ANTHROPIC_BASE_URL=${served.ready.url}`);
    expect(lines).toContain(`ANTHROPIC_AUTH_TOKEN=${served.ready.key}`);
    expect(lines).toContain("CLAUDE_CODE_SUBAGENT_MODEL=kimi-k2-thinking");
    expect(lines).toContain("DISABLE_TELEMETRY=0");
    expect(lines).toContain("DISABLE_AUTOUPDATER=1");
    expect(run.stdout).not.toContain("ANTHROPIC_API_KEY");

    const told = await place.run(["--data", "data", "claude", "-p", "x", "--dangerously-skip-permissions"], { env });
    expect(told.stdout).not.toContain("acceptEdits");
  });
});
