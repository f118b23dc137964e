/*
 * The directions in which imports go (ARCHITECTURE.md draws them). `npm run imports` holds them.
 *
 *   http -> pipeline -> routing, upstream, metering, identity -> protocols, catalog
 */
const gateway = "^apps/gateway";
const tests = "\\.test\\.ts$|/testing/|/__fixtures__/|^tests/|-contract\\.ts$";

/** A rule that a folder imports nothing but what is listed. */
const only = (name, comment, from, to) => ({
  name,
  comment,
  severity: "error",
  from: { path: from, pathNot: tests },
  to: { pathNot: to, dependencyTypesNot: ["core"] },
});

/** A rule that a package is known to one folder. */
const knownTo = (name, dependency, folder) => ({
  name,
  severity: "error",
  from: { path: "^(apps|packages)/", pathNot: `${tests}|${folder}` },
  to: { path: dependency },
});

/** @type {import("dependency-cruiser").IConfiguration} */
const configuration = {
  forbidden: [
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    { name: "everything-is-found", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "no-tests-in-the-product",
      severity: "error",
      from: { path: "^(apps|packages)/", pathNot: tests },
      to: { path: tests, pathNot: "protocol-contract\\.ts$" },
    },
    only("protocols-are-alone", "a pure library without dependencies", "^packages/protocols/", "^packages/protocols/"),
    {
      name: "protocols-know-only-the-hub",
      comment: "no protocol knows another one; what they share lies in folders of its own",
      severity: "error",
      from: {
        path: "^packages/protocols/(anthropic-messages|openai-chat|openai-completions|openai-responses|gemini)/",
        pathNot: tests,
      },
      to: {
        path: "^packages/protocols/(anthropic-messages|openai-chat|openai-completions|openai-responses|gemini)/",
        pathNot: "^packages/protocols/$1/",
      },
    },
    only("catalog-knows-protocols", "prices and models", "^packages/catalog/", "^packages/(catalog|protocols)/"),
    only(
      "mock-is-alone",
      "a bug of ours must not hide behind itself",
      "^packages/mock-upstream/",
      "^packages/mock-upstream/",
    ),
    only(
      "http",
      "the edge",
      `${gateway}/http/`,
      `${gateway}/(http|pipeline|identity|metering|telemetry)/|^packages/(protocols|catalog)/|node_modules/fastify/`,
    ),
    only(
      "pipeline",
      "the way of a request",
      `${gateway}/pipeline/`,
      `${gateway}/(pipeline|routing|upstream|metering|identity|telemetry|server-tools|documents|healing)/|^packages/(protocols|catalog)/`,
    ),
    only(
      "rooms-beside-the-pipeline",
      "each knows itself, the protocols and the catalogue",
      `${gateway}/(routing|upstream|metering|identity|telemetry|server-tools|documents)/`,
      `${gateway}/$1/|^packages/(protocols|catalog)/|node_modules/(undici|gpt-tokenizer|unpdf|prom-client|@smithy|google-auth-library)/`,
    ),
    only(
      "catalogue",
      "what is known of providers and models, kept in a file",
      `${gateway}/catalogue/`,
      `${gateway}/(catalogue|config)/|^packages/(protocols|catalog)/`,
    ),
    only(
      "healing",
      "mends and checks tool calls; knows nothing of requests",
      `${gateway}/healing/`,
      `${gateway}/healing/|^packages/protocols/|node_modules/(ajv|ajv-formats|jsonrepair)/`,
    ),
    only(
      "storage",
      "implements what identity and metering ask for",
      `${gateway}/storage/`,
      `${gateway}/(storage|identity|metering)/|^packages/protocols/|node_modules/kysely/`,
    ),
    {
      name: "storage-is-wired-once",
      severity: "error",
      from: { path: `${gateway}/`, pathNot: `${tests}|${gateway}/(storage/|cli/|app\\.ts$)` },
      to: { path: `${gateway}/storage/` },
    },
    {
      name: "nobody-imports-the-command-line",
      severity: "error",
      from: { path: "^(apps|packages)/", pathNot: `${tests}|${gateway}/(cli/|main\\.ts$)` },
      to: { path: `${gateway}/cli/` },
    },
    knownTo("fastify-is-http", "node_modules/fastify/", `${gateway}/http/`),
    knownTo("undici-is-upstream", "node_modules/undici/", `${gateway}/upstream/`),
    knownTo("signatures-are-the-clouds", "node_modules/(@smithy|google-auth-library)/", `${gateway}/upstream/clouds/`),
    knownTo("kysely-is-storage", "node_modules/kysely/", `${gateway}/storage/`),
    knownTo("ajv-is-healing", "node_modules/(ajv|ajv-formats|jsonrepair)/", `${gateway}/healing/`),
    knownTo("commander-is-cli", "node_modules/(commander|@clack)/", `${gateway}/cli/`),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^apps/gateway/dist/" },
    tsConfig: { fileName: "tsconfig.json" },
    parser: "swc",
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default"] },
  },
};

// oxlint-disable-next-line import/no-default-export -- the tool asks for it
export { configuration as default };
