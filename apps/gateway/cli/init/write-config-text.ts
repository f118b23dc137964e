import { stringify } from "yaml";
import type { InitAnswers } from "./init-answers.ts";

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
        models: {
          [model.id]: {
            upstream_id: model.upstreamId,
            context_length: model.contextLength,
            max_output_tokens: model.maxOutputTokens,
            pricing: model.pricing,
          },
        },
      },
    },
    aliases: model.alias === undefined ? {} : { [model.alias]: model.id },
  };
  return `${heading(keyVariable)}${stringify(body, { lineWidth: 0 })}`;
}

function heading(keyVariable: string): string {
  return [
    "# OneRouter. Changes are taken up while the server runs.",
    `# \${${keyVariable}} is read from the environment when the server starts; the key itself does not belong in this file.`,
    "# Prices are USD per million tokens. Without a price, usage is counted but shown as unpriced.",
    "",
    "",
  ].join("\n");
}
