import type { ChatRequest } from "../model/chat-request.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import { profileForModel, type VendorProfile } from "../vendors/profile.ts";
import { isThinking } from "./encode-reasoning.ts";

/** The vendor's profile as it holds for this model, and for this request if the model thinks. */
export function dialectFor(
  request: ChatRequest,
  target: Pick<EncodeTarget, "profile" | "upstreamModel">,
): VendorProfile {
  const profile = profileForModel(target.profile, target.upstreamModel, "openai-chat");
  return profile.whenThinking !== undefined && isThinking(request, profile)
    ? { ...profile, ...profile.whenThinking }
    : profile;
}
