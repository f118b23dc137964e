import { requestOf } from "../../contract/__fixtures__/requests.ts";
import type { ChatRequest } from "../../model/chat-request.ts";
import type { FunctionTool } from "../../model/tool.ts";
import type { EncodedRequest, EncodeTarget } from "../../protocol-contract.ts";
import { createSealer, type Sealer } from "../../reasoning/sealer.ts";
import { createReceipt } from "../../receipt.ts";
import { vendorProfiles } from "../../vendors/index.ts";
import { encodeRequest } from "../encode-request.ts";

export { requestOf };

export function toolOf(name: string, over: Partial<FunctionTool> = {}): FunctionTool {
  return { kind: "function", name, parameters: { type: "object", properties: {} }, ...over };
}

/** Encodes for one vendor's model, with a sealer of a known secret. */
export function encodeFor(
  vendor: string,
  upstreamModel: string,
  request: ChatRequest,
  over: Partial<EncodeTarget> = {},
): EncodedRequest & { sealer: Sealer; receipts: string[] } {
  const profile = vendorProfiles[vendor];
  if (profile === undefined) throw new Error(`no profile ${vendor}`);
  const sealer = createSealer(new Uint8Array(32));
  const receipt = over.receipt ?? createReceipt();
  const encoded = encodeRequest(request, { profile, upstreamModel, origin: "test/origin", sealer, receipt, ...over });
  return { ...encoded, sealer, receipts: receipt.entries.map((entry) => `${entry.action} ${entry.field}`) };
}

/** The body without what every body has. */
export function fieldsFor(vendor: string, model: string, over: Partial<ChatRequest>): Record<string, unknown> {
  const { model: _, messages: __, ...rest } = encodeFor(vendor, model, requestOf(over)).body;
  return rest;
}

export function receiptsFor(vendor: string, model: string, over: Partial<ChatRequest>): string[] {
  return encodeFor(vendor, model, requestOf(over)).receipts;
}
