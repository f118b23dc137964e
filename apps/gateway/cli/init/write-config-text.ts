import { stringify } from "yaml";
import type { InitAnswers, InitModel } from "./init-answers.ts";

/** The text of a first configuration file. */
export function writeConfigText({ provider, protocol, baseUrl, keyVariable, model }: InitAnswers): string {
  const body = {
    server: { host: "127.0.0.1", port: 4000 },
    database: { url: "sqlite:./.onerouter/onerouter.db" },
    providers: {
      [provider]: {
        protocol,
        base_url: baseUrl,
        api_keys: [`\${${keyVariable}}`],
        models: model === undefined ? undefined : { [model.id]: describeModel(model) },
      },
    },
    aliases: model?.alias === undefined ? {} : { [model.alias]: model.id },
  };
  return `${heading(keyVariable)}${stringify(body, { lineWidth: 0 })}`;
}

function describeModel({ upstreamId, contextLength, maxOutputTokens }: InitModel): Record<string, unknown> {
  return { upstream_id: upstreamId, context_length: contextLength, max_output_tokens: maxOutputTokens };
}

function heading(keyVariable: string): string {
  return [
    "# OneRouter. Changes are taken up while the server runs.",
    `# \${${keyVariable}} is read from the environment when the server starts; the key itself does not belong in this file.`,
    "# A provider that OneRouter knows needs a key only: onerouter models lists what it has, --known also shows the others.",
    "",
    "",
  ].join("\n");
}
