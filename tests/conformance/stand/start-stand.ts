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
    return { url: served.ready.url, apiKey: key, mock, close };
  } catch (error) {
    await close();
    throw error;
  }
}
