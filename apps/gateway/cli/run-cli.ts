import { Command, CommanderError, InvalidArgumentError } from "commander";
import { describeCliError } from "./cli-error.ts";
import { version } from "../version.ts";
import { createCliContext, type CliContext, type CliProcess, type CommonOptions } from "./cli-context.ts";
import type { ExplainRouteFlags } from "./explain-route.ts";
import type { KeySettingFlags } from "./read-key-settings.ts";
import { takeOwnOptions } from "./take-own-options.ts";

/**
 * The `onerouter` command line. Commands are imported when they are run: listing keys must not load a web server.
 *
 * @returns the exit code.
 */
export async function runCli(process: CliProcess): Promise<number> {
  let exitCode = 0;
  let json = false;
  const run =
    <Parameters extends unknown[]>(work: (context: CliContext, ...parameters: Parameters) => Promise<number | void>) =>
    async (command: Command, ...parameters: Parameters): Promise<void> => {
      const options = inheritedOptions(command);
      json = options.json === true;
      exitCode = (await work(createCliContext(process, options), ...parameters)) ?? 0;
    };
  // Until the options are known, an error is printed as whoever wrote --json anywhere expects it.
  json = process.args.includes("--json") && !process.args.includes("claude");
  const program = createProgram(process, run, () => json);
  try {
    await program.parseAsync([...process.args], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    exitCode = 1;
    const described =
      error instanceof CommanderError
        ? { code: "usage", message: error.message.replace(/^error: /, "") }
        : describeCliError(error);
    if (json) process.stdout.write(`${JSON.stringify({ error: described })}\n`);
    // Commander has told its own errors to a person already.
    else if (!(error instanceof CommanderError)) process.stderr.write(`onerouter: ${described.message}\n`);
  }
  return exitCode;
}

type Run = <Parameters extends unknown[]>(
  work: (context: CliContext, ...parameters: Parameters) => Promise<number | void>,
) => (command: Command, ...parameters: Parameters) => Promise<void>;

function createProgram(process: CliProcess, run: Run, isJson: () => boolean): Command {
  const program = new Command("onerouter")
    .description("One endpoint, one key, every model: a self-hosted LLM gateway.")
    .version(version)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => process.stdout.write(text),
      writeErr: (text) => {
        if (!isJson()) process.stderr.write(text);
      },
    })
    .showHelpAfterError("(onerouter --help shows what there is)");
  withCommonOptions(program);

  const command = (parent: Command, usage: string, description: string): Command =>
    withCommonOptions(parent.command(usage).description(description));

  command(program, "serve", "run the gateway")
    .option("--port <number>", "port to listen on, 0 for any free one", parsePort)
    .option("--host <address>", "address to listen on")
    .action(async (options: { port?: number; host?: string }, self: Command) => {
      const { serveCommand } = await import("./serve.ts");
      await run(serveCommand)(self, options);
    });

  command(program, "init", "ask for a provider and write onerouter.yaml")
    .option(
      "--provider <name>",
      "one that onerouter models --known lists, such as moonshot or anthropic, or a name of your own",
    )
    .option("--protocol <name>", "anthropic-messages, openai-chat, openai-responses or gemini")
    .option("--base-url <url>", "where the provider's API is")
    .option("--key-variable <name>", "environment variable that holds the provider's key; the file gets its name only")
    .option("--model <id>", "public model id, author/slug; without it all models that are known of the provider")
    .option("--upstream-id <id>", "what the provider calls the model")
    .option("--alias <name>", "a second, shorter name for the model")
    .option("--context-length <tokens>", "context window of the model", parseTokens)
    .option("--max-output-tokens <tokens>", "longest answer of the model", parseTokens)
    .option("--force", "replace an existing file")
    .action(async (options: Record<string, never>, self: Command) => {
      const { initCommand } = await import("./init/init-command.ts");
      await run(initCommand)(self, options);
    });

  const keys = command(program, "keys", "create, change, list and revoke API keys");
  command(keys, "create", "make a key; it is shown once")
    .requiredOption("--name <name>", "what the key is for")
    .option("--expires <when>", "ISO date or duration (90m, 12h, 30d, 8w)")
    .option("--models <names...>", modelsHelp)
    .option("--resume <setting>", resumeHelp)
    .action(async (options: KeySettingFlags & { name: string; expires?: string }, self: Command) => {
      const { createKeyCommand } = await import("./keys.ts");
      await run(createKeyCommand)(self, options);
    });
  command(keys, "update", "change settings of a key at once, also in a running server")
    .argument("<id|name>", "id of the key, or a name: every key of that name is changed")
    .option("--models <names...>", modelsHelp)
    .option("--all-models", "every model may be asked for")
    .option("--resume <setting>", resumeHelp)
    .action(async (idOrName: string, flags: KeySettingFlags, self: Command) => {
      const { updateKeyCommand } = await import("./keys.ts");
      await run(updateKeyCommand)(self, idOrName, flags);
    });
  command(keys, "list", "list all keys, without their secrets").action(async (_options: object, self: Command) => {
    const { listKeysCommand } = await import("./keys.ts");
    await run(listKeysCommand)(self);
  });
  command(keys, "revoke", "end a key at once, also in a running server")
    .argument("<id|name>", "id of the key, or a name: every key of that name ends")
    .action(async (idOrName: string, _options: object, self: Command) => {
      const { revokeKeyCommand } = await import("./keys.ts");
      await run(revokeKeyCommand)(self, idOrName);
    });

  const models = command(program, "models", "list models, endpoints, prices and aliases")
    .argument("[words...]", "only those whose id, alias, name or provider has each of the words; * stands for anything")
    .option("--known", "also models whose provider has no key")
    .action(async (words: string[], options: { known?: boolean }, self: Command) => {
      const { listModelsCommand } = await import("./list-models.ts");
      await run(listModelsCommand)(self, words, options);
    });
  command(models, "refresh", "renew what is known of providers and models")
    .option("--from <url|file>", "a file of models.dev's form (default: catalogue.refresh_url, else models.dev itself)")
    .option("--force", "take over prices that jumped, and files in which much is missing")
    .action(async (options: { from?: string; force?: boolean }, self: Command) => {
      const { refreshModelsCommand } = await import("./refresh-models.ts");
      await run(refreshModelsCommand)(self, options);
    });

  const route = command(program, "route", "where requests go");
  command(route, "explain", "the endpoints a request would be tried at, in order, and why; and those that are left out")
    .argument("<model>", "a model's name as a request would have it, suffixes and onerouter/auto included")
    .option("--prompt-tokens <tokens>", "length of the prompt", parseTokens)
    .option("--max-tokens <tokens>", "the longest answer asked for", parseTokens)
    .option("--turns <count>", "answers that the conversation holds already", parseTokens)
    .option("--tools", "with tools")
    .option("--images", "with images")
    .option("--reasoning", "with thinking")
    .option("--provider <json>", "the request's provider object")
    .option("--fallback <models...>", "models to fall back on")
    .action(async (model: string, options: ExplainRouteFlags, self: Command) => {
      const { explainRouteCommand } = await import("./explain-route.ts");
      await run(explainRouteCommand)(self, model, options);
    });

  command(program, "claude", "run Claude Code through the gateway")
    .argument("[args...]", "passed on to Claude Code")
    .allowUnknownOption()
    .passThroughOptions()
    .addHelpText("after", claudeHelp)
    .action(async (args: string[], _options: object, self: Command) => {
      const { runClaudeCommand } = await import("./run-claude.ts");
      const own = takeOwnOptions(args);
      for (const [name, value] of Object.entries(own.options)) self.setOptionValue(name, value);
      await run(runClaudeCommand)(self, own.rest);
    });

  command(program, "env", "print the variables that point Claude Code at the gateway")
    .option("--shell <name>", "sh, fish or powershell", "sh")
    .action(async (options: { shell: string }, self: Command) => {
      const { printEnvCommand } = await import("./print-env.ts");
      await run(printEnvCommand)(self, options);
    });

  command(program, "doctor", "check configuration, providers, clock, disk and port").action(
    async (_options: object, self: Command) => {
      const { doctorCommand } = await import("./doctor/doctor-command.ts");
      await run(doctorCommand)(self);
    },
  );
  return program;
}

const modelsHelp =
  "the only models it may ask for: ids, aliases, patterns such as 'anthropic/*'; parted by blanks or commas";
const resumeHelp = "on, off or default: whether a streamed answer goes on elsewhere when its upstream dies";

const claudeHelp = `
Everything after "claude" goes to Claude Code, except --config and --data.
The model is $ANTHROPIC_MODEL if set, else kimi-k2-thinking or claude-sonnet-4.5 if the configuration has it, else its
first model.
With -p and no permission option, --permission-mode acceptEdits is added: print mode cannot ask, and would refuse
the file it was told to write. Claude Code's own help: onerouter claude -- --help`;

/** On every command, so that they may stand before or after its name. */
function withCommonOptions(command: Command): Command {
  return command
    .option("--config <file>", "configuration file (default: ./onerouter.yaml if there is one, else a keyless mock)")
    .option("--data <folder>", "data folder (default: .onerouter beside the configuration)")
    .option("--json", "print JSON alone on stdout");
}

/** The common options as given anywhere on the line; the innermost wins. */
function inheritedOptions(command: Command): CommonOptions {
  const options: CommonOptions = command.parent === null ? {} : inheritedOptions(command.parent);
  return { ...options, ...command.opts<CommonOptions>() };
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError("a port is a number from 0 to 65535");
  return port;
}

function parseTokens(text: string): number {
  if (!/^[1-9]\d{0,11}$/.test(text)) throw new InvalidArgumentError("tokens are a whole number above 0");
  return Number(text);
}
