import type { ChatRequest } from "../../model/chat-request.ts";
import type { EncodedRequest, EncodeTarget, Protocol } from "../../protocol-contract.ts";
import { createReceipt } from "../../receipt.ts";
import { vendorProfiles } from "../../vendors/index.ts";
import type { VendorProfile } from "../../vendors/profile.ts";
import { origin, testSealer } from "./answers.ts";

export function requestOf(over: Partial<ChatRequest>): ChatRequest {
  return {
    model: "any",
    system: [],
    messages: [{ role: "user", content: [{ type: "text", text: "hello" }] }],
    tools: [],
    sampling: {},
    stream: false,
    extensions: {},
    ...over,
  };
}

export function profileOf(vendor: string): VendorProfile {
  const profile = vendorProfiles[vendor];
  if (profile === undefined) throw new Error(`no profile ${vendor}`);
  return profile;
}

/** Encodes for one vendor's model, with a sealer of a known secret. */
export function encodeFor(
  protocol: Protocol,
  vendor: string | VendorProfile,
  upstreamModel: string,
  request: ChatRequest,
  over: Partial<EncodeTarget> = {},
): EncodedRequest & { receipts: string[] } {
  const profile = typeof vendor === "string" ? profileOf(vendor) : vendor;
  const receipt = over.receipt ?? createReceipt();
  const target: EncodeTarget = { profile, upstreamModel, origin, sealer: testSealer(), receipt, ...over };
  const encoded = protocol.encodeRequest(request, target);
  return { ...encoded, receipts: receipt.entries.map((entry) => `${entry.action} ${entry.field}`) };
}
