import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { createDefaultConfig } from "./default-config.ts";
import { loadConfig, parseConfig } from "./load-config.ts";

const folder = mkdtempSync(join(tmpdir(), "onerouter-config-"));

const example = `
server: { host: 127.0.0.1, port: 4000 }
database: { url: sqlite:./.onerouter/onerouter.db }
providers:
  moonshot:
    protocol: openai-chat
    base_url: https://api.moonshot.ai/v1
    api_keys: ["\${MOONSHOT_API_KEY}"]
    models:
      moonshotai/kimi-k2-thinking:
        upstream_id: kimi-k2-thinking
        context_length: 262144
        max_output_tokens: 32768
        pricing: { prompt: 0.60, completion: 2.50, cache_read: 0.15 }
aliases: { kimi-k2-thinking: moonshotai/kimi-k2-thinking }
`;

function provider(lines: string): string {
  return `providers:\n  p:\n    protocol: openai-chat\n    base_url: http://x.test/v1\n    api_keys: [k]\n    models: { a/b: {} }\n${lines}`;
}

function problemsOf(text: string, env: Record<string, string> = {}): readonly ConfigProblem[] {
  try {
    parseConfig("onerouter.yaml", text, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

/** `path: message` of every problem. */
function sentences(text: string, env: Record<string, string> = {}): string[] {
  return problemsOf(text, env).map(({ path, message }) => `${path}: ${message}`);
}

test("a file is read, expanded and filled with defaults", async () => {
  const file = join(folder, "onerouter.yaml");
  writeFileSync(file, example);
  const config = await loadConfig(file, { MOONSHOT_API_KEY: "sk-test" });
  expect(config).toEqual({
    server: {
      host: "127.0.0.1",
      port: 4000,
      body_limit_mb: 32,
      keep_alive_seconds: 15,
      drain_seconds: 30,
      resume: true,
      hedge: false,
    },
    stored_responses: { enabled: true, max_mb: 64, max_count: 10_000, ttl_minutes: 720 },
    database: { url: "sqlite:./.onerouter/onerouter.db" },
    providers: {
      moonshot: {
        protocol: "openai-chat",
        base_url: "https://api.moonshot.ai/v1",
        api_keys: ["sk-test"],
        vendor: "moonshot",
        catalogue: "moonshot",
        models: {
          "moonshotai/kimi-k2-thinking": {
            upstream_id: "kimi-k2-thinking",
            context_length: 262_144,
            max_output_tokens: 32_768,
            pricing: { prompt: 0.6, completion: 2.5, cache_read: 0.15 },
          },
        },
      },
    },
    catalogue: { refresh_hours: 24 },
    aliases: { "kimi-k2-thinking": "moonshotai/kimi-k2-thinking" },
  });
});

test("the smallest file has every default, and empty sections count as absent", () => {
  const text = provider("server:\naliases:\n").replace("{ a/b: {} }", "\n      a/b:");
  const config = parseConfig("onerouter.yaml", text, {});
  expect(config.server.port).toBe(4000);
  expect(config.database.url).toBe("sqlite:./.onerouter/onerouter.db");
  expect(config.aliases).toEqual({});
  expect(config.providers.p?.vendor).toBe("generic");
  expect(config.providers.p?.models).toEqual({ "a/b": {} });
});

test("the keyless default satisfies its own check", () => {
  const config = createDefaultConfig("http://127.0.0.1:1234");
  expect(parseConfig("default", JSON.stringify(config), {})).toEqual(config);
});

test("a missing file is a plain sentence", async () => {
  await expect(loadConfig(join(folder, "nowhere.yaml"), {})).rejects.toThrow("there is no such file");
});

test("variables are taken only where written, in values, and $${ is literal", () => {
  const text = provider('    headers: { x-a: "a-${A}-$${A}-$A-$", "x-${A}": y }\n').replace("[k]", '["${A}"]');
  expect(sentences(text, { A: "1" })).toEqual(["providers.p.headers.x-${A}: is not a valid header name"]);
  const config = parseConfig("f", text.replace('"x-${A}"', "x-b"), { A: "1", SECRET: "never" });
  expect(config.providers.p?.headers).toEqual({ "x-a": "a-1-${A}-$A-$", "x-b": "y" });
  expect(config.providers.p?.api_keys).toEqual(["1"]);
  // A value is not expanded again.
  expect(parseConfig("f", provider("").replace("[k]", '["${A}"]'), { A: "${SECRET}" }).providers.p?.api_keys).toEqual([
    "${SECRET}",
  ]);
});

test("an unset variable is an error that names the field and the variable", () => {
  expect(problemsOf(example)).toEqual([
    {
      path: "providers.moonshot.api_keys[0]",
      message: "the environment variable MOONSHOT_API_KEY is not set",
      line: 8,
    },
  ]);
  expect(sentences(provider("").replace("[k]", '["${}", "${a-b}", "${open"]'))).toHaveLength(3);
  expect(sentences(provider("").replace("[k]", '["${toString}"]'))).toHaveLength(1);
});

test("commands that speak to no provider need no credentials", () => {
  const config = parseConfig("f", example, {}, { withoutCredentials: true });
  expect(config.providers.moonshot?.api_keys).toEqual(["${MOONSHOT_API_KEY}"]);
  const elsewhere = example.replace("https://api.moonshot.ai", "${HOST}");
  expect(() => parseConfig("f", elsewhere, {}, { withoutCredentials: true })).toThrow("HOST is not set");
});

test("an unknown setting is refused with the name that was probably meant", () => {
  expect(sentences(provider("alias: {}\n"))).toEqual(["alias: is not a setting; did you mean aliases?"]);
  expect(sentences(provider("    base_uri: x\n"))).toEqual([
    "providers.p.base_uri: is not a setting; did you mean base_url?",
  ]);
  expect(sentences(provider("server: { zzzzzz: 1 }\n"))[0]).toContain("known here: host, port");
});

test("everything wrong is told at once, each with its line and never with its value", () => {
  const text = `server: { port: x }
providers:
  moonshot:
    protocol: openai-cht
    api_keys: ["sk-secret with space"]
    models: { a/b: { context_length: 0 } }
`;
  expect(problemsOf(text)).toEqual([
    { path: "server.port", message: "must be an integer", line: 1 },
    {
      path: "providers.moonshot.protocol",
      message: "must be one of anthropic-messages, openai-chat, openai-responses, gemini",
      line: 4,
    },
    {
      path: "providers.moonshot.api_keys[0]",
      message: "must be a key without spaces or line breaks, and not empty",
      line: 5,
    },
    { path: "providers.moonshot.models.a/b.context_length", message: "must be >= 1", line: 6 },
    { path: "providers.moonshot.base_url", message: "is missing", line: 3 },
  ]);
  expect(() => parseConfig("onerouter.yaml", text, {})).toThrow(
    "line 5, providers.moonshot.api_keys[0]: must be a key",
  );
  expect(() => parseConfig("onerouter.yaml", text, {})).not.toThrow("sk-secret");
});

test.each([
  ["base_url", "ftp://x.test", "must be an http:// or https:// address"],
  ["base_url", "api.moonshot.ai/v1", "must be an http:// or https:// address"],
  ["base_url", "https://user:pass@x.test", "must not hold credentials; put them under api_keys"],
  ["base_url", "https://x.test/v1?key=1", "must end with its path: no ? or # part"],
])("%s %s is refused", (field, value, message) => {
  const text = provider("").replace("http://x.test/v1", value);
  expect(sentences(text)).toEqual([`providers.p.${field}: ${message}`]);
});

test("vendor, prices and database are checked for meaning", () => {
  expect(sentences(provider("    vendor: moonshoot\n"))).toEqual([
    "providers.p.vendor: is not a known vendor profile; did you mean moonshot?",
  ]);
  expect(sentences(provider("").replace("{ a/b: {} }", "{ a/b: { pricing: { prompt: 0.0000001 } } }"))).toEqual([
    "providers.p.models.a/b.pricing.prompt: a price has at most 6 decimals",
  ]);
  expect(sentences(provider("database: { url: postgres://x }\n"))[0]).toContain("PostgreSQL is not supported yet");
});

test("aliases lead to a model, without circles", () => {
  expect(sentences(provider("aliases: { b: a/b, c: b }\n"))).toEqual([]);
  expect(sentences(provider("aliases: { b: a/c, x: y, y: x, a/b: b }\n"))).toEqual([
    "aliases.b: leads to no model or alias; did you mean a/b?",
    "aliases.x: leads back to itself",
    "aliases.y: leads back to itself",
    "aliases.a/b: is also the id of a model; an alias needs a name of its own",
  ]);
});

test.each([
  ["", "providers: is missing"],
  ["providers: {}", "providers: needs at least one provider"],
  ["- a", ": must be a section with keys below it"],
  ["a: [", ": is not valid YAML"],
  ["a: 1\na: 2", ": is not valid YAML"],
])("the file %j is refused in words", (text, sentence) => {
  expect(sentences(text)[0]).toContain(sentence);
});

test.each<[name: string, provider: string, problems: Record<string, string>]>([
  [
    "AWS without its secret, with a key and a protocol it does not serve",
    "{ protocol: openai-chat, api_keys: [k], auth: { type: aws-sigv4, region: us-east-1, access_key_id: A, project: p }, models: { a/b: } }",
    {
      api_keys: "has no place beside auth",
      protocol: "must be anthropic-messages with auth aws-sigv4",
      "auth.secret_access_key": "is missing",
      "auth.project": "has no place with auth aws-sigv4",
    },
  ],
  [
    "Google with two credentials and no location",
    "{ protocol: gemini, auth: { type: google, project: p, access_token: t, credentials_file: f }, models: { a/b: } }",
    {
      auth: "needs exactly one of credentials_file, service_account_json, access_token",
      "auth.location": "is missing",
    },
  ],
  [
    "another cloud",
    "{ protocol: gemini, auth: { type: azure }, models: { a/b: } }",
    { "auth.type": "must be one of aws-sigv4, google" },
  ],
])("%s is refused", (_name, provider, problems) => {
  const found = problemsOf(`providers:\n  cloud: ${provider}\n`);
  const expected = Object.entries(problems).map(([field, message]) => [`providers.cloud.${field}`, message]);
  expect(Object.fromEntries(found.map(({ path, message }) => [path, message]))).toEqual(Object.fromEntries(expected));
});

test("a cloud's address and vendor follow from its section, and its key file lies beside the configuration", () => {
  const text = `providers:
  aws: { protocol: anthropic-messages, auth: { type: aws-sigv4, region: eu-west-1, access_key_id: A, secret_access_key: "\${S}" }, models: { a/b: } }
  vertex: { protocol: anthropic-messages, auth: { type: google, project: p, location: global, credentials_file: key.json }, models: { a/b: } }
`;
  const { aws, vertex } = parseConfig("/etc/onerouter/onerouter.yaml", text, { S: "s" }).providers;
  expect([aws?.base_url, aws?.vendor, aws?.api_keys, aws?.auth?.secret_access_key]).toEqual([
    "https://bedrock-runtime.eu-west-1.amazonaws.com",
    "anthropic",
    [],
    "s",
  ]);
  expect([vertex?.base_url, vertex?.auth?.credentials_file]).toEqual([
    "https://aiplatform.googleapis.com",
    "/etc/onerouter/key.json",
  ]);
});

test("a model is of one kind, wherever it is served", () => {
  const provider = "{ protocol: openai-chat, base_url: 'http://h', api_keys: [k], models: { a/b: { kind: KIND } } }";
  const text = `providers:\n  one: ${provider.replace("KIND", "embedding")}\n  two: ${provider.replace("KIND", "chat")}\n`;
  expect(problemsOf(text).map(({ path, message }) => [path, message])).toEqual([
    ["providers.two.models.a/b.kind", "is embedding at another provider"],
  ]);
});

test("web search: what its service needs is asked for, and the rest has defaults", () => {
  const withSearch = (fields: string): string => `${example}\nweb_search: ${fields}\n`;
  const env = { MOONSHOT_API_KEY: "sk-test", BRAVE: "brave-key" };
  expect(parseConfig("f", withSearch('{ provider: brave, api_key: "${BRAVE}" }'), env).web_search).toEqual({
    provider: "brave",
    api_key: "brave-key",
    max_results: 5,
    timeout_seconds: 10,
  });
  expect(sentences(withSearch("{ provider: tavily }"), env)).toEqual(["web_search.api_key: is needed for tavily"]);
  expect(sentences(withSearch("{ provider: searxng }"), env)).toEqual(["web_search.base_url: is needed for searxng"]);
  expect(sentences(withSearch("{ provider: mock, base_url: localhost }"), env)).toEqual([
    "web_search.base_url: must be an http:// or https:// address",
  ]);
  const text = withSearch('{ provider: brave, api_key: "${UNSET}" }');
  expect(parseConfig("f", text, {}, { withoutCredentials: true }).web_search?.provider).toBe("brave");
});
