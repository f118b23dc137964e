import { mkdirSync } from "node:fs";
import { startGateway } from "../app.ts";
import { buildConfiguredCatalogue } from "../catalogue/build-configured-catalogue.ts";
import type { Config } from "../config/config.ts";
import { watchConfig } from "../config/watch-config.ts";
import { ensureLocalKey, findLocalKey } from "../identity/local-key.ts";
import { describeClaudeSetup } from "./claude-variables.ts";
import { loadCliConfig, withStorage, type CliContext } from "./cli-context.ts";
import { CliError, describeCliError } from "./cli-error.ts";
import { localKeyFile } from "./local-access.ts";
import { printNotice, printResult } from "./print.ts";
import { urlOf } from "./reach-server.ts";
import { formatBanner, type BannerKey } from "./serve-banner.ts";
import { findServer, removeServerFile, writeServerFile } from "./server-file.ts";
import { startMockThread } from "./start-mock-thread.ts";
import { untilSignal } from "./until-signal.ts";

export interface ServeOptions {
  host?: string;
  port?: number;
}

/** `onerouter serve`: runs the gateway until a signal ends it. */
export async function serveCommand(context: CliContext, options: ServeOptions): Promise<void> {
  const settle = (config: Config): Config => withAddress(context.settle(config), options);
  const isMock = context.configFile === undefined;
  const mock = isMock ? await startMockThread() : undefined;
  const config = settle(await loadCliConfig(context, { mockUrl: mock?.url }));

  mkdirSync(context.dataDir, { recursive: true, mode: 0o700 });
  // Before the gateway reads the keys, so that the key in the banner works from the first request.
  const key = await chooseBannerKey(context, config, isMock);
  const gateway = await startOrExplain(context, config);
  const stopWatching =
    context.configFile === undefined
      ? undefined
      : watchConfig(
          context.configFile,
          context.env,
          (changed) => {
            gateway.applyConfig(settle(changed));
            printNotice(context, "The configuration has changed and is in use.");
          },
          (error) => printNotice(context, `The configuration stays as it was: ${describeCliError(error).message}`),
          { known: context.known },
        );

  writeServerFile(context.dataDir, { pid: process.pid, url: gateway.url });
  process.once("exit", () => removeServerFile(context.dataDir, process.pid));
  const stop = untilSignal();
  const setup = describeClaudeSetup(
    buildConfiguredCatalogue(config, context.known),
    gateway.url,
    key.key ?? "",
    context.env.ANTHROPIC_MODEL,
  );
  printResult(
    context,
    {
      url: gateway.url,
      pid: process.pid,
      ...(key.key === undefined ? {} : { key: key.key }),
      ...(isMock ? { mock: true } : {}),
    },
    formatBanner({ setup, key, isMock, configFile: context.configFile }),
  );
  if (isMock && context.json) printNotice(context, "No configuration file: every answer comes from a MOCK upstream.");

  await stop;
  printNotice(context, "Stopping: open answers are finished first. A second signal stops at once.");
  stopWatching?.();
  await gateway.close();
  await mock?.close();
}

function withAddress(config: Config, { host, port }: ServeOptions): Config {
  return {
    ...config,
    server: { ...config.server, host: host ?? config.server.host, port: port ?? config.server.port },
  };
}

/**
 * The local key is shown with the mock, where it guards nothing, and once when it is the very first key of an operator's
 * own gateway. A banner ends up in logs.
 */
async function chooseBannerKey(context: CliContext, config: Config, isMock: boolean): Promise<BannerKey> {
  const file = localKeyFile(context.dataDir);
  return await withStorage(context, config, async ({ keys }) => {
    if (isMock || (await keys.list()).length === 0) return { ...(await ensureLocalKey(file, keys)), file };
    return { key: undefined, created: false, file: (await findLocalKey(file, keys)) === undefined ? undefined : file };
  });
}

async function startOrExplain(context: CliContext, config: Config): ReturnType<typeof startGateway> {
  try {
    return await startGateway({ config, dataDir: context.dataDir });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const { host, port } = config.server;
    if (code === "EADDRINUSE") {
      const running = findServer(context.dataDir);
      const who = running?.url === urlOf(host, port) ? `OneRouter itself, process ${running.pid}` : "another program";
      throw new CliError("port_in_use", `port ${port} on ${host} is taken by ${who}; choose another with --port`);
    }
    if (code === "EACCES") throw new CliError("port_refused", `this user may not listen on port ${port} of ${host}`);
    if (code === "EADDRNOTAVAIL") throw new CliError("host_unknown", `${host} is not an address of this machine`);
    throw error;
  }
}
