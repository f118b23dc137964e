import type { Candidate } from "../routing/route-plan.ts";
import type { ProviderSetup } from "./inference-context.ts";

/**
 * Whose native signatures an upstream recognises: the vendor's, of this very model, said in this very protocol; where they are
 * encrypted for an account, those that this very credential got.
 */
export function originOf(candidate: Candidate, provider: ProviderSetup): string {
  const { profile, endpoint, apiKey } = candidate;
  const origin = `${endpoint.protocol}:${profile.name}/${endpoint.upstreamId}`;
  return isBound(candidate) ? `${origin}#${provider.credentialMark(apiKey)}` : origin;
}

/** Thoughts stay with the credential that got them: OpenAI's reasoning items are encrypted for one (openai/codex#9045). */
export function isBound({ profile, endpoint }: Candidate): boolean {
  return profile.reasoningBoundToCredential ?? endpoint.protocol === "openai-responses";
}
