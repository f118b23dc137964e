/** An upstream as one provider of each protocol and make is: its place in the mock, and what the gateway calls it. */
export interface MainUpstream {
  /** Name of the provider and of the model's author. */
  name: string;
  model: string;
  vendor: string;
  protocol: string;
  path: string;
}

export const mainUpstreams: readonly MainUpstream[] = [
  { name: "moonshot", model: "kimi-k2-thinking", vendor: "moonshot", protocol: "openai-chat", path: "moonshot/v1" },
  { name: "deepseek", model: "deepseek-v4-pro", vendor: "deepseek", protocol: "openai-chat", path: "deepseek/v1" },
  { name: "openai", model: "gpt-5.5", vendor: "openai", protocol: "openai-responses", path: "openai/v1" },
  { name: "google", model: "gemini-3-pro-preview", vendor: "google", protocol: "gemini", path: "google/v1beta" },
  {
    name: "anthropic",
    model: "claude-opus-4-8",
    vendor: "anthropic",
    protocol: "anthropic-messages",
    path: "anthropic/v1",
  },
];

/** A configuration with that upstream alone; its model goes by its bare name. */
export function configFor(
  { name, model, vendor, protocol, path }: MainUpstream,
  mockUrl: string,
): Record<string, unknown> {
  const models = { [`${name}/${model}`]: { upstream_id: model } };
  return {
    providers: { [name]: { vendor, protocol, base_url: `${mockUrl}/${path}`, api_keys: ["upstream-key"], models } },
    aliases: { [model]: `${name}/${model}` },
  };
}
