import type { AuthConfig, ProviderFile } from "./config.ts";

type Report = (field: ReadonlyArray<string>, message: string) => void;

type AuthField = Exclude<keyof AuthConfig, "type">;

interface AuthRule {
  protocols: ReadonlyArray<ProviderFile["protocol"]>;
  required: readonly AuthField[];
  optional: readonly AuthField[];
  /** Exactly one of them is there. */
  oneOf: readonly AuthField[];
}

const rules: Readonly<Record<AuthConfig["type"], AuthRule>> = {
  "aws-sigv4": {
    protocols: ["anthropic-messages"],
    required: ["region", "access_key_id", "secret_access_key"],
    optional: ["session_token"],
    oneOf: [],
  },
  google: {
    protocols: ["anthropic-messages", "gemini"],
    required: ["project", "location"],
    optional: [],
    oneOf: ["credentials_file", "service_account_json", "access_token"],
  },
};

/**
 * A provider has either keys and an address, or everything that its cloud asks for.
 * @param provider not yet known to fit the schema
 */
export function checkAuth(provider: Readonly<Record<string, unknown>>, report: Report): void {
  const { auth, api_keys, base_url, protocol } = provider;
  if (auth === undefined) {
    if (base_url === undefined) report(["base_url"], "is missing");
    if (api_keys === undefined) report(["api_keys"], "is missing");
    return;
  }
  const given: Readonly<Record<string, unknown>> = typeof auth === "object" && auth !== null ? { ...auth } : {};
  const rule = Object.entries(rules).find(([type]) => type === given.type)?.[1];
  if (rule === undefined) return;
  if (api_keys !== undefined) report(["api_keys"], "has no place beside auth");
  if (!rule.protocols.some((name) => name === protocol)) {
    report(["protocol"], `must be ${rule.protocols.join(" or ")} with auth ${String(given.type)}`);
  }
  for (const field of rule.required) if (given[field] === undefined) report(["auth", field], "is missing");
  const known: readonly string[] = ["type", ...rule.required, ...rule.optional, ...rule.oneOf];
  for (const field of authFields) {
    if (given[field] !== undefined && !known.includes(field)) {
      report(["auth", field], `has no place with auth ${String(given.type)}`);
    }
  }
  const chosen = rule.oneOf.filter((field) => given[field] !== undefined);
  if (rule.oneOf.length > 0 && chosen.length !== 1) report(["auth"], `needs exactly one of ${rule.oneOf.join(", ")}`);
}

const authFields = Object.values(rules).flatMap(({ required, optional, oneOf }) => [
  ...required,
  ...optional,
  ...oneOf,
]);
