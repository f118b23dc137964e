import { cancel, intro, isCancel, select, text } from "@clack/prompts";
import { protocolNames } from "@onerouter/protocols/model/protocol";
import { CliError } from "../cli-error.ts";
import { answerFromFlags, checkVariableName, modelFromFlags } from "./answer-from-flags.ts";
import type { InitAnswers, InitFlags } from "./init-answers.ts";
import { providerPresets } from "./provider-presets.ts";

const other = "another";

/** Asks at the terminal for what the flags leave open. @throws CliError when the person gives up. */
export async function askAnswers(flags: InitFlags): Promise<InitAnswers> {
  intro("OneRouter: your first provider");
  const provider = flags.provider ?? (await askProvider());
  const preset = providerPresets.find(({ name }) => name === provider);
  const protocol =
    flags.protocol ??
    (await answered(
      select({
        message: "Which protocol does it speak?",
        initialValue: preset?.protocol ?? "openai-chat",
        options: protocolNames.map((name) => ({ value: name, label: name })),
      }),
    ));
  const baseUrl = flags.baseUrl ?? (await askText("Base URL of its API", preset?.baseUrl));
  const keyVariable =
    flags.keyVariable ??
    (await askText(
      "Environment variable that holds your key (its name, not the key)",
      preset?.keyVariable,
      checkVariableName,
    ));
  const model = flags.model ?? (await askText("Model id, author/slug", preset?.model?.id));
  const settled = { ...flags, provider, protocol, baseUrl, keyVariable, model };
  const upstreamId =
    flags.upstreamId ?? (await askText("What the provider calls it", modelFromFlags(settled, preset)?.upstreamId));
  return answerFromFlags({ ...settled, upstreamId });
}

async function askProvider(): Promise<string> {
  const options = [
    ...providerPresets.map(({ name, title }) => ({ value: name, label: title })),
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
