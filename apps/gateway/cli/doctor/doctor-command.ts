import type { Config } from "../../config/config.ts";
import { ConfigError } from "../../config/config-error.ts";
import { loadCliConfig, withStorage, type CliContext } from "../cli-context.ts";
import { formatTable, printResult } from "../print.ts";
import { checkDataFolder } from "./check-data-folder.ts";
import { checkPort } from "./check-port.ts";
import { checkProvider } from "./check-provider.ts";
import { fail, ok, type Finding } from "./finding.ts";

/** `onerouter doctor`: looks at everything the gateway needs. @returns 1 if something fails. */
export async function doctorCommand(context: CliContext): Promise<number> {
  const findings = [ok("node", process.versions.node)];
  const { finding, config } = await checkConfig(context);
  findings.push(finding, ...(await checkDataFolder(context.dataDir)));
  if (config !== undefined) {
    findings.push(await checkDatabase(context, config), await checkPort(context.dataDir, config.server));
    if (context.configFile === undefined)
      findings.push(ok("provider mock", "starts with serve; answers are from a MOCK"));
    else if (finding.status === "ok") {
      const providers = Object.entries(config.providers).map(([name, provider]) => checkProvider(name, provider));
      findings.push(...(await Promise.all(providers)).flat());
    }
  }
  const healthy = findings.every(({ status }) => status !== "fail");
  printResult(context, { ok: healthy, checks: findings }, formatFindings(findings));
  return healthy ? 0 : 1;
}

/** With a problem in the credentials alone, the rest can still be checked. */
async function checkConfig(context: CliContext): Promise<{ finding: Finding; config: Config | undefined }> {
  try {
    const config = await loadCliConfig(context);
    return {
      finding: ok("configuration", context.configFile ?? "none: the keyless default with a mock upstream"),
      config,
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const config = await loadCliConfig(context, { withoutCredentials: true }).catch(() => undefined);
    return { finding: fail("configuration", error.message), config };
  }
}

async function checkDatabase(context: CliContext, config: Config): Promise<Finding> {
  const started = performance.now();
  try {
    const keys = await withStorage(context, config, (storage) => storage.keys.list());
    const active = keys.filter(({ revokedAt }) => revokedAt === null).length;
    return ok("database", `${config.database.url} opens; ${active} keys in use`, performance.now() - started);
  } catch (error) {
    return fail("database", error instanceof Error ? error.message : String(error));
  }
}

const marks = { ok: "ok", warn: "WARN", fail: "FAIL" } as const;

function formatFindings(findings: readonly Finding[]): string {
  return formatTable(findings.map(({ check, status, message }) => [marks[status], check, message]));
}
