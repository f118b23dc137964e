import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startMockUpstream, type MockUpstream } from "@onerouter/mock-upstream";
import { createWorkplace } from "../../../apps/gateway/cli/testing/run-onerouter.ts";
import { writeGatewayConfig } from "./gateway-config.ts";

/** A gateway in a process of its own before a mock upstream. */
export interface Stand {
  /** `http://127.0.0.1:PORT`, without `/v1`. */
  url: string;
  apiKey: string;
  mock: MockUpstream;
  /** What the gateway wrote down about an answer. */
  recordOf(response: Pick<Response, "headers">): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

export interface StandOptions {
  /** False: thoughts must be there, but may be others than were made. */
  verifyReasoning?: boolean;
  /** Default 15, as in the gateway. */
  keepAliveSeconds?: number;
}

export async function startStand({ verifyReasoning, keepAliveSeconds = 15 }: StandOptions = {}): Promise<Stand> {
  const mock = await startMockUpstream({ seed: "conformance", verifyReasoning });
  const place = createWorkplace();
  const close = async (): Promise<void> => {
    await place.remove();
    await mock.close();
  };
  try {
    const config = join(place.folder, "gateway.yaml");
    writeFileSync(config, writeGatewayConfig(mock.url, keepAliveSeconds));
    const where = ["--config", config, "--data", join(place.folder, "data")];
    const served = await place.serve(where);
    const created = await place.run(["keys", "create", "--name", "conformance", "--json", ...where]);
    const { key } = JSON.parse(created.stdout) as { key: string };
    const { url } = served.ready;
    return { url, apiKey: key, mock, recordOf: (response) => fetchRecord(url, key, response), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function fetchRecord(
  url: string,
  apiKey: string,
  { headers }: Pick<Response, "headers">,
): Promise<Record<string, unknown>> {
  const id = headers.get("x-onerouter-generation-id") ?? "";
  const response = await fetch(`${url}/v1/generation?id=${id}`, { headers: { authorization: `Bearer ${apiKey}` } });
  if (!response.ok) throw new Error(`no record of ${id}: ${await response.text()}`);
  return ((await response.json()) as { data: Record<string, unknown> }).data;
}
