import { RequestError } from "@onerouter/protocols";
import { request } from "undici";
import { describeTransportError } from "../upstream-client.ts";

/** What a token endpoint may take, and say. */
const timeoutMs = 10_000;
const maxBytes = 64 * 1024;

export interface FormAnswer {
  status: number;
  data: unknown;
}

/**
 * Posts a form to a token endpoint and reads its JSON. Redirects are not followed: the form is a credential.
 * @throws RequestError
 */
export async function postForm(url: string, form: string): Promise<FormAnswer> {
  const { statusCode, body } = await request(url, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    body: form,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  }).catch((error: unknown) => {
    throw new RequestError(describeTransportError(error instanceof Error ? error : new Error("unknown")));
  });
  let text = "";
  for await (const chunk of body.setEncoding("utf8")) {
    text += String(chunk);
    if (text.length > maxBytes) break;
  }
  if (statusCode !== 200) {
    const message = `the token endpoint of this provider answered ${statusCode}`;
    throw new RequestError({ code: statusCode >= 500 ? "upstream_error" : "upstream_authentication", message });
  }
  return { status: statusCode, data: JSON.parse(text) as unknown };
}
