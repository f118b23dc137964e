import { cancel, intro, isCancel, select, text } from "@clack/prompts";
import { protocolNames } from "@onerouter/protocols/model/protocol";
import { CliError } from "../cli-error.ts";
import { checkVariableName, proposeUpstreamId } from "./answer-from-flags.ts";
import { knownProviderOf, proposedProviders, type InitFlags } from "./init-answers.ts";

const other = "another";

/** Asks at the terminal for what the flags leave open. @throws CliError when the person gives up. */
export async function askAnswers(flags: InitFlags): Promise<InitFlags> {
  intro("OneRouter: your first provider");
  const provider = flags.provider ?? (await askProvider());
  const known = knownProviderOf({ ...flags, provider });
  const keyVariable = flags.keyVariable ?? (await askKeyVariable(known?.keyVariable));
  // Everything else is known.
  if (known !== undefined) return { ...flags, provider, keyVariable };
  const protocol =
    flags.protocol ??
    (await answered(
      select({
        message: "Which protocol does it speak?",
        initialValue: "openai-chat",
        options: protocolNames.map((name) => ({ value: name, label: name })),
      }),
    ));
  const baseUrl = flags.baseUrl ?? (await askText("Base URL of its API", undefined));
  const model = flags.model ?? (await askText("Model id, author/slug", undefined));
  const upstreamId = flags.upstreamId ?? (await askText("What the provider calls it", proposeUpstreamId(model)));
  return { ...flags, provider, keyVariable, protocol, baseUrl, model, upstreamId };
}

async function askKeyVariable(proposal: string | undefined): Promise<string> {
  return await askText("Environment variable that holds your key (its name, not the key)", proposal, checkVariableName);
}

async function askProvider(): Promise<string> {
  const options = [
    ...proposedProviders.map(({ id, title }) => ({ value: id, label: title })),
    { value: other, label: "Another one" },
  ];
  const chosen = await answered(select({ message: "Which provider?", options }));
  return chosen === other ? await askText("A name for it", undefined) : chosen;
}

async function askText(
  message: string,
  proposal: string | undefined,
  check: (value: string) => string | undefined = () => undefined,
): Promise<string> {
  return await answered(
    text({
      message,
      initialValue: proposal ?? "",
      validate: (value) => (value === undefined || value.trim() === "" ? "is needed" : check(value)),
    }),
  );
}

/** clack marks a cancelled question with a symbol. */
async function answered<Value>(question: Promise<Value>): Promise<Exclude<Value, symbol>> {
  const answer = await question;
  if (isCancel(answer)) {
    cancel("Nothing was written.");
    throw new CliError("cancelled", "init was cancelled");
  }
  return answer as Exclude<Value, symbol>;
}
