import type { UpstreamCall } from "../upstream-client.ts";

export interface AwsCredential {
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** The service's name in a signature's scope. */
const service = "bedrock";

/**
 * Signs requests by AWS Signature Version 4. Only what must be is signed, so that nothing on the way can void a signature by
 * changing another header. The library is loaded with the first request.
 * @param now Unix milliseconds
 */
export function createSigner(
  { region, ...credentials }: AwsCredential,
  now: () => number,
): (call: UpstreamCall) => Promise<Record<string, string>> {
  let loading: ReturnType<typeof load> | undefined;

  async function load() {
    const { Sha256, SignatureV4 } = await import("./aws-library.ts");
    return new SignatureV4({ service, region, credentials, sha256: Sha256 });
  }

  return async ({ address, headers, body }) => {
    const signer = await (loading ??= load());
    const { protocol, hostname, host } = new URL(address.origin);
    const signed = await signer.sign(
      {
        method: "POST",
        protocol,
        hostname,
        path: address.path,
        headers: { host, "content-type": headers["content-type"] ?? "application/json" },
        body,
      },
      { signingDate: new Date(now()) },
    );
    // The connection writes its own.
    const { host: _host, ...added } = signed.headers;
    return { ...headers, ...added };
  };
}
