import { resolve } from "node:path";
import { vendorProfiles } from "@onerouter/protocols/vendors/index";
import type { AuthConfig, Config, ConfigFile, ProviderConfig, ProviderFile } from "./config.ts";

/**
 * Fills in what follows from the rest of a checked configuration.
 * @param folder where the file lies: what its relative paths are relative to
 */
export function completeConfig(config: ConfigFile, folder: string): Config {
  const providers = Object.entries(config.providers).map(([name, provider]): [string, ProviderConfig] => [
    name,
    completeProvider(name, provider, folder),
  ]);
  return { ...config, providers: Object.fromEntries(providers) };
}

function completeProvider(name: string, provider: ProviderFile, folder: string): ProviderConfig {
  const { auth } = provider;
  const complete: ProviderConfig = {
    ...provider,
    base_url: provider.base_url ?? (auth === undefined ? "" : cloudAddress(auth)),
    api_keys: provider.api_keys ?? [],
    models: provider.models ?? {},
    // A provider named like a vendor profile has that vendor unless it says otherwise; the clouds serve Claude as it is.
    vendor: provider.vendor ?? (Object.hasOwn(vendorProfiles, name) ? name : defaultVendor(provider)),
  };
  if (auth?.credentials_file !== undefined) {
    complete.auth = { ...auth, credentials_file: resolve(folder, auth.credentials_file) };
  }
  return complete;
}

function defaultVendor({ auth, protocol }: ProviderFile): string {
  if (auth === undefined) return "generic";
  const makers: Partial<Record<ProviderFile["protocol"], string>> = {
    "anthropic-messages": "anthropic",
    gemini: "google",
  };
  const maker = makers[protocol];
  return maker !== undefined && Object.hasOwn(vendorProfiles, maker) ? maker : "generic";
}

/** Where a cloud's API is, by its own documentation. */
function cloudAddress(auth: AuthConfig): string {
  // https://docs.aws.amazon.com/general/latest/gr/bedrock.html
  if (auth.type === "aws-sigv4") return `https://bedrock-runtime.${auth.region}.amazonaws.com`;
  // https://docs.cloud.google.com/vertex-ai/docs/general/locations
  return auth.location === "global"
    ? "https://aiplatform.googleapis.com"
    : `https://${auth.location}-aiplatform.googleapis.com`;
}
