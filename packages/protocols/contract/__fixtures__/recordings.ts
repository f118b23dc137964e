import { readdirSync, readFileSync } from "node:fs";
import type { Protocol } from "../../protocol-contract.ts";
import { protocols } from "../../protocols.ts";
import { generic } from "../../vendors/generic.ts";
import { vendorProfiles } from "../../vendors/index.ts";
import type { VendorProfile } from "../../vendors/profile.ts";

/** A recorded stream. The first word of its file's name is the vendor profile, if there is one of that name. */
export interface Recording {
  protocol: Protocol;
  name: string;
  profile: VendorProfile;
  bytes: Buffer;
}

/** Every recorded stream of every protocol. */
export function loadRecordings(): Recording[] {
  return protocols.flatMap((protocol) => {
    const folder = new URL(`../../${protocol.name}/__fixtures__/`, import.meta.url);
    return readdirSync(folder)
      .filter((file) => file.endsWith(".sse"))
      .map((file) => ({
        protocol,
        name: file.slice(0, -".sse".length),
        profile: vendorProfiles[file.split(/[-.]/, 1)[0] ?? ""] ?? generic,
        bytes: readFileSync(new URL(file, folder)),
      }));
  });
}

export function loadRecording(protocol: Protocol["name"], name: string): Recording {
  const found = loadRecordings().find((one) => one.protocol.name === protocol && one.name === name);
  if (found === undefined) throw new Error(`no recording ${protocol}/${name}`);
  return found;
}

/** Every way to cut a stream that is tried: in two at each byte, and in small pieces all along. */
export function* cutsOf(bytes: Buffer): Iterable<Buffer[]> {
  for (let at = 1; at < bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)];
  for (const size of [1, 2, 3, 7]) {
    const pieces: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
    yield pieces;
  }
}
