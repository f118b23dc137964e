import { RequestError } from "@onerouter/protocols";
import type { Principal } from "../identity/api-key.ts";
import type { KeyRing } from "../identity/key-ring.ts";
import { readCredential, type CredentialHeaders } from "../identity/read-credential.ts";

/** Who is asking: the first stage, before a stranger's body takes up memory. @throws RequestError 401. */
export function authenticate(headers: CredentialHeaders, keyRing: KeyRing): Principal {
  const presented = readCredential(headers);
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
