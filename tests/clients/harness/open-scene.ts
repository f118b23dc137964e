import { rmSync } from "node:fs";
import { join } from "node:path";
import { startMockUpstream, type MockUpstream, type MockUpstreamOptions } from "@onerouter/mock-upstream";
import { newFolder } from "./client-environment.ts";
import { startGateway, type Gateway } from "./start-gateway.ts";

/** A gateway in a process of its own, and a folder below which everything lies. */
export interface Place {
  gateway: Gateway;
  folder: string;
  close(): Promise<void>;
}

/** The same before a mock upstream of the tests' own. */
export interface Scene extends Place {
  mock: MockUpstream;
}

/** The keyless default: `npm start` without a configuration, with the product's own mock upstream. */
export async function openKeyless(name: string): Promise<Place> {
  return await openPlace(newFolder(name), undefined);
}

/** @param config makes the gateway's configuration from the mock's address. */
export async function openScene(
  name: string,
  config: (mockUrl: string) => Record<string, unknown>,
  options: Pick<MockUpstreamOptions, "cacheBlock"> = {},
): Promise<Scene> {
  // Every request of a long session is looked at afterwards.
  const kept = { maxRequests: 5_000, maxRequestBytes: 512 * 1024 * 1024 };
  const mock = await startMockUpstream({ seed: name, ...kept, ...options });
  try {
    const place = await openPlace(newFolder(name), config(mock.url));
    return {
      ...place,
      mock,
      async close() {
        await place.close();
        await mock.close();
      },
    };
  } catch (error) {
    await mock.close();
    throw error;
  }
}

async function openPlace(folder: string, config: Record<string, unknown> | undefined): Promise<Place> {
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const gateway = await startGateway({ folder: join(folder, "gateway"), config });
    return {
      gateway,
      folder,
      async close() {
        await gateway.stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
