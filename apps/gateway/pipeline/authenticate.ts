import { RequestError } from "@onerouter/protocols";
import type { Principal } from "../identity/api-key.ts";
import type { KeyRing } from "../identity/key-ring.ts";
import { readCredential, type CredentialHeaders } from "../identity/read-credential.ts";

/**
 * Who is asking: the first stage, before a stranger's body takes up memory.
 * @param queryKey the key in the address, where the protocol has it there
 * @throws RequestError 401
 */
export function authenticate(headers: CredentialHeaders, keyRing: KeyRing, queryKey?: string): Principal {
  const presented = readCredential(headers) ?? queryKey;
  const principal = keyRing.authenticate(presented);
  if (principal !== undefined) return principal;
  throw new RequestError({
    code: "authentication",
    message:
      presented === undefined
        ? "no API key: send `Authorization: Bearer sk-or-v1-...` or `x-api-key`"
        : "this API key is unknown, revoked or expired",
  });
}
