import type { Candidate } from "../routing/route-plan.ts";
import type { ProviderSetup } from "./inference-context.ts";

/**
 * Whose native signatures an upstream recognises: the vendor's, of this very model, said in this very protocol; where they are
 * encrypted for an account (OpenAI's reasoning items), those that this very credential got (openai/codex#9045).
 */
export function originOf({ profile, endpoint, apiKey }: Candidate, provider: ProviderSetup): string {
  const origin = `${endpoint.protocol}:${profile.name}/${endpoint.upstreamId}`;
  const bound = profile.reasoningBoundToCredential ?? endpoint.protocol === "openai-responses";
  return bound ? `${origin}#${provider.credentialMark(apiKey)}` : origin;
}
