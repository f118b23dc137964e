import { parseArgs } from "node:util";
import { startMockUpstream } from "./start-mock-upstream.ts";

const { values } = parseArgs({
  options: {
    host: { type: "string" },
    port: { type: "string" },
    seed: { type: "string" },
    instance: { type: "string" },
    dialect: { type: "string" },
    faults: { type: "string" },
    lenient: { type: "boolean" },
    log: { type: "boolean" },
  },
});

const mock = await startMockUpstream({
  host: values.host,
  port: values.port === undefined ? undefined : Number(values.port),
  seed: values.seed,
  instance: values.instance,
  dialect: values.dialect,
  strict: !values.lenient,
  // Without what was asked: a long session's bodies are a hundred megabytes.
  onRequest: values.log ? (request) => print({ ...request, body: undefined, headers: undefined }) : undefined,
});
if (values.faults) mock.setFaults(values.faults);
print({ url: mock.url });
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void mock.close());
}

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
