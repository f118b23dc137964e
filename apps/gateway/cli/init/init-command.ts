import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseConfig } from "../../config/load-config.ts";
import type { CliContext } from "../cli-context.ts";
import { CliError } from "../cli-error.ts";
import { printNotice, printResult } from "../print.ts";
import { answerFromFlags } from "./answer-from-flags.ts";
import { askAnswers } from "./ask-answers.ts";
import type { InitFlags } from "./init-answers.ts";
import { writeConfigText } from "./write-config-text.ts";

/** `onerouter init`: writes the first configuration file, from answers or flags. */
export async function initCommand(context: CliContext, flags: InitFlags): Promise<void> {
  const file = context.configFile ?? join(context.cwd, "onerouter.yaml");
  if (flags.force !== true && existsSync(file)) refuseToReplace(file);
  // It can ask only where somebody can answer, and where the questions do not mix with JSON.
  const canAsk = !context.json && context.stdout.isTTY === true && process.stdin.isTTY === true;
  const answers = answerFromFlags(canAsk ? await askAnswers(flags) : flags, (provider) =>
    knownModelsOf(context, provider),
  );
  const text = writeConfigText(answers);
  parseConfig(file, text, {}, { withoutCredentials: true });
  writeNew(file, text, flags.force === true);

  const { provider, model, keyVariable } = answers;
  printResult(
    context,
    { file, provider, model: model?.id ?? null, key_variable: keyVariable },
    `Wrote ${relative(context.cwd, file) || file}.`,
  );
  printNotice(context, `Next: export ${keyVariable}=... and start with: onerouter serve`);
}

function knownModelsOf({ known }: CliContext, provider: string): Set<string> {
  return new Set(Object.values(known.current().providers[provider]?.models ?? {}).map(({ model }) => model));
}

function writeNew(file: string, text: string, force: boolean): void {
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, text, { flag: force ? "w" : "wx" });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") {
      refuseToReplace(file);
    }
    throw error;
  }
}

function refuseToReplace(file: string): never {
  throw new CliError("file_exists", `${file} exists already; --force replaces it`);
}
