import { parseArgs } from "node:util";
import { startMockUpstream } from "./start-mock-upstream.ts";

const { values } = parseArgs({
  options: {
    host: { type: "string" },
    port: { type: "string" },
    seed: { type: "string" },
    dialect: { type: "string" },
    faults: { type: "string" },
    lenient: { type: "boolean" },
  },
});

const mock = await startMockUpstream({
  host: values.host,
  port: values.port === undefined ? undefined : Number(values.port),
  seed: values.seed,
  dialect: values.dialect,
  strict: !values.lenient,
});
if (values.faults) mock.setFaults(values.faults);
process.stdout.write(`${JSON.stringify({ url: mock.url })}\n`);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void mock.close());
}
