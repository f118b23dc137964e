import type { CloudAccess } from "../upstream/clouds/create-cloud.ts";
import type { GoogleCredential } from "../upstream/clouds/fetch-google-token.ts";
import type { AuthConfig } from "./config.ts";

/** A checked `auth` section in the words of upstream/. */
export function cloudAccess(auth: AuthConfig): CloudAccess {
  if (auth.type === "google") {
    return {
      type: "google",
      project: auth.project ?? "",
      location: auth.location ?? "",
      credential: googleCredential(auth),
    };
  }
  return {
    type: "aws-sigv4",
    region: auth.region ?? "",
    accessKeyId: auth.access_key_id ?? "",
    secretAccessKey: auth.secret_access_key ?? "",
    ...(auth.session_token === undefined ? {} : { sessionToken: auth.session_token }),
  };
}

function googleCredential(auth: AuthConfig): GoogleCredential {
  if (auth.access_token !== undefined) return { accessToken: auth.access_token };
  return auth.credentials_file === undefined
    ? { json: auth.service_account_json ?? "" }
    : { file: auth.credentials_file };
}
