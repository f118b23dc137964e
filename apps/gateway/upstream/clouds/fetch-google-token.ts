import { readFile } from "node:fs/promises";
import { RequestError } from "@onerouter/protocols";
import { postForm } from "./post-form.ts";

/** Exactly one of them. */
export type GoogleCredential =
  | { accessToken: string }
  /** Path of a service account's JSON key. */
  | { file: string }
  /** Its text. */
  | { json: string };

const scope = "https://www.googleapis.com/auth/cloud-platform";
/** Where Google's own keys say that tokens come from. */
const usualTokenUrl = "https://oauth2.googleapis.com/token";

/**
 * Gives an access token, fetched anew shortly before the last one ends. Nothing but the credential it was given is ever
 * looked at: no environment, no metadata server, no well-known file. The library is loaded with the first token.
 */
export function createTokenSource(credential: GoogleCredential): () => Promise<string> {
  return "accessToken" in credential ? () => Promise.resolve(credential.accessToken) : createTokenClient(credential);
}

function createTokenClient(key: { file: string } | { json: string }): () => Promise<string> {
  let loading: ReturnType<typeof load> | undefined;

  async function load() {
    const account = readAccount("file" in key ? await readFile(key.file, "utf8") : key.json);
    const { JWT } = await import("./google-library.ts");
    return new JWT({
      email: account.client_email,
      key: account.private_key,
      keyId: account.private_key_id,
      scopes: [scope],
      useAuthRequestParameters: false,
      additionalClaims: { aud: account.token_uri },
      // The library's own transport would take a proxy from the environment, and knows one address only.
      transporter: { request: ({ data }: { data?: unknown }) => postForm(account.token_uri, String(data)) } as never,
    });
  }

  return async () => {
    try {
      const client = await (loading ??= load());
      const { token } = await client.getAccessToken();
      if (typeof token === "string" && token !== "") return token;
      throw refuse("the token endpoint gave none");
    } catch (error) {
      // A key that could not be read may be there the next time.
      loading = undefined;
      throw error instanceof RequestError ? error : refuse(nameOf(error));
    }
  };
}

function refuse(why: string): RequestError {
  return new RequestError({
    code: "upstream_authentication",
    message: `there is no access token for this provider (${why})`,
  });
}

/** What went wrong, without a word of the key. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

interface ServiceAccount {
  client_email: string;
  private_key: string;
  private_key_id: string;
  token_uri: string;
}

/** @throws RequestError that quotes nothing of the key. */
function readAccount(text: string): ServiceAccount {
  let key: unknown;
  try {
    key = JSON.parse(text);
  } catch {
    key = undefined;
  }
  const read = (field: string): string | undefined => {
    const value =
      typeof key === "object" && key !== null ? Object.entries(key).find(([name]) => name === field)?.[1] : undefined;
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const [email, privateKey] = [read("client_email"), read("private_key")];
  if (email === undefined || privateKey === undefined) {
    throw refuse("the key is not that of a service account");
  }
  return {
    client_email: email,
    private_key: privateKey,
    private_key_id: read("private_key_id") ?? "",
    token_uri: read("token_uri") ?? usualTokenUrl,
  };
}
