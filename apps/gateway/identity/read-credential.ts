/** Request headers as node:http gives them, names in lower case. */
export type CredentialHeaders = Readonly<Record<string, string | string[] | undefined>>;

/**
 * The key a client presents: `authorization: Bearer KEY` (the scheme in any case, or left out), else `x-api-key: KEY`, else
 * Google's `x-goog-api-key: KEY`. Nothing is said about whether it is valid.
 */
export function readCredential(headers: CredentialHeaders): string | undefined {
  return (
    fromAuthorization(single(headers.authorization)) ??
    nonEmpty(single(headers["x-api-key"])) ??
    nonEmpty(single(headers["x-goog-api-key"]))
  );
}

function fromAuthorization(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const scheme = /^(\S+)\s+(.*)$/.exec(value.trim());
  if (scheme === null) return /^bearer$/i.test(value.trim()) ? undefined : nonEmpty(value);
  return /^bearer$/i.test(scheme[1] ?? "") ? nonEmpty(scheme[2]) : undefined;
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function nonEmpty(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === "" ? undefined : trimmed;
}
