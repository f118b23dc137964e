import type { ProtocolName } from "@onerouter/protocols";
import { createBedrock } from "./bedrock.ts";
import type { Cloud } from "./cloud.ts";
import type { GoogleCredential } from "./fetch-google-token.ts";
import type { AwsCredential } from "./sign-aws-request.ts";
import { createVertex, type VertexPlace } from "./vertex.ts";

/** How to speak to a cloud; everything in it was written into the configuration. */
export type CloudAccess =
  | ({ type: "aws-sigv4" } & AwsCredential)
  | ({ type: "google"; credential: GoogleCredential } & VertexPlace);

/** @param now Unix milliseconds */
export function createCloud(protocol: ProtocolName, baseUrl: string, access: CloudAccess, now: () => number): Cloud {
  return access.type === "aws-sigv4"
    ? createBedrock(baseUrl, access, now)
    : createVertex(protocol, baseUrl, access, access.credential);
}
