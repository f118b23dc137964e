import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { Refusal } from "../answer.ts";
import type { Incoming } from "../protocol-server.ts";

const maxSkewMs = 15 * 60_000;
const form =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request,\s*SignedHeaders=([a-z0-9;-]+),\s*Signature=([0-9a-f]{64})$/;

/** The access key of a signed request, or empty. */
export function readAccessKey(authorization: string | undefined): string {
  return form.exec(authorization ?? "")?.[1] ?? "";
}

/**
 * Checks Amazon's signature, version 4 (docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html).
 *
 * @throws Refusal when the header is malformed, too old, for another service, or the signature is wrong
 */
export function verifySignature(incoming: Incoming, secretKeys: ReadonlyMap<string, string>, now: number): void {
  const { headers } = incoming;
  const match = form.exec(headers.authorization ?? "");
  if (!match)
    throw new Refusal(403, "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.", {
      type: "IncompleteSignatureException",
    });
  const [, accessKey = "", day = "", region = "", service = "", signedList = "", signature = ""] = match;
  const secret = secretKeys.get(accessKey);
  if (secret === undefined) {
    throw new Refusal(403, "The security token included in the request is invalid.", {
      type: "UnrecognizedClientException",
    });
  }
  if (service !== "bedrock") {
    throw new Refusal(403, `Credential should be scoped to correct service: 'bedrock'. `, {
      type: "SignatureDoesNotMatchException",
    });
  }
  const date = String(headers["x-amz-date"] ?? "");
  checkDate(date, day, now);
  const signed = signedList.split(";");
  const mustSign = Object.keys(headers).filter((name) => name === "host" || name.startsWith("x-amz-"));
  const unsigned = mustSign.find((name) => !signed.includes(name));
  if (unsigned) {
    throw new Refusal(403, `'${unsigned}' must be a 'SignedHeader' in the AWS Authorization.`, {
      type: "SignatureDoesNotMatchException",
    });
  }
  const canonical = canonicalRequest(incoming, signed);
  const toSign = ["AWS4-HMAC-SHA256", date, `${day}/${region}/${service}/aws4_request`, sha256(canonical)].join("\n");
  const key = [day, region, service, "aws4_request"].reduce<string | Buffer>(
    (so, part) => hmac(so, part),
    `AWS4${secret}`,
  );
  if (timingSafeEqual(hmac(key, toSign), Buffer.from(signature, "hex"))) return;
  throw new Refusal(
    403,
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    { type: "InvalidSignatureException" },
  );
}

function checkDate(date: string, day: string, now: number): void {
  const [, year, month, dayOfMonth, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  const at = Date.parse(`${year}-${month}-${dayOfMonth}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(at)) {
    throw new Refusal(403, "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.", {
      type: "IncompleteSignatureException",
    });
  }
  if (!date.startsWith(day))
    throw new Refusal(403, "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP", {
      type: "SignatureDoesNotMatchException",
    });
  if (Math.abs(now - at) > maxSkewMs) {
    throw new Refusal(403, `Signature expired: ${date} is now earlier than allowed.`, {
      type: "InvalidSignatureException",
    });
  }
}

// The path is percent-encoded once more than on the wire, for every service but S3.
function canonicalRequest({ method, url, headers, text }: Incoming, signed: string[]): string {
  const [path = "/", query = ""] = url.split("?", 2);
  const lines = signed.map(
    (name) =>
      `${name}:${String(headers[name] ?? "")
        .trim()
        .replaceAll(/\s+/g, " ")}\n`,
  );
  return [
    method,
    path.split("/").map(encode).join("/"),
    query.split("&").toSorted().join("&"),
    lines.join(""),
    signed.join(";"),
    sha256(text),
  ].join("\n");
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
