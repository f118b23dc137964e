import type { ReasoningEffort } from "../model/chat-request.ts";
import type { ProtocolName } from "../model/protocol.ts";
import type { HostedService } from "../model/tool.ts";

/**
 * A provider's or model family's departures from its protocol, as data. Everything optional has a default in generic.ts;
 * `models` refines the profile for upstream model ids that match, in order, later ones winning.
 */
export interface VendorProfile {
  name: string;
  /** Field that carries a thought in openai-chat messages and deltas. */
  reasoningField: "reasoning_content" | "reasoning";
  /**
   * Which assistant messages carry their thoughts back to the upstream: none, those with tool calls, or all.
   * `required` tool turns get a placeholder when the history has no thought for them.
   */
  reasoningReplay: "none" | "tool-turns" | "all";
  reasoningRequiredWithToolCalls: boolean;
  /** Every assistant message must carry the reasoning field, not only those with tool calls (Kimi's `keep: "all"`). */
  reasoningRequiredAlways?: boolean;
  /** `reasoning_details` with native signatures are taken back (OpenRouter). */
  reasoningDetails?: boolean;
  /** How thinking is switched and measured. */
  thinkingSwitch: "none" | "thinking-type" | "reasoning-effort" | "chat-template-kwargs";
  /** Further fields of the `thinking` object, sent whenever the model may think (`clear_thinking: false` of Z.ai). */
  thinkingFields?: Readonly<Record<string, unknown>>;
  /** The switch's name inside `chat_template_kwargs`; default `thinking`. */
  thinkingKwarg?: string;
  /** False: the model always thinks; a wish to switch it off goes on the receipt. */
  thinkingCanBeOff: boolean;
  /** The vendor's word for each effort; absent: effort is dropped. */
  efforts?: Partial<Record<ReasoningEffort, string>>;
  /** Call ids in history: any, or `functions.{name}:{running index}` (Kimi). */
  toolCallIdForm: "any" | "functions-index";
  /** Longest call id taken when the form is `any`; default 64. */
  toolCallIdMaxLength?: number;
  /** Sampling fields the vendor refuses or fixes: dropped, with a receipt. */
  fixedSampling: ReadonlyArray<
    "temperature" | "top_p" | "top_k" | "frequency_penalty" | "presence_penalty" | "seed" | "n"
  >;
  maxTokensField: "max_tokens" | "max_completion_tokens";
  maxTools?: number;
  maxStopSequences?: number;
  /** Forms of tool_choice taken; others are approximated. */
  toolChoices: ReadonlyArray<"auto" | "none" | "required" | "tool">;
  /** `tool_choice: {type: "allowed_tools"}` is understood; default false. */
  allowedToolsChoice?: boolean;
  parallelToolCallsField: boolean;
  /** `strict` of a function tool is understood; default true. */
  strictTools?: boolean;
  /** Custom (free text) tools are understood; otherwise they are emulated by a function with one string. Default false. */
  customTools?: boolean;
  /** The subset of JSON Schema that tool parameters must keep to; default `any`. */
  toolSchemas?: "any" | "moonshot";
  /** `tool_stream: true` is needed for arguments to be streamed at all (Z.ai); default false. */
  toolStream?: boolean;
  /** Mid-conversation instructions: kept as system messages or folded into user text. */
  midConversationSystem: "system" | "user";
  systemRole: "system" | "developer";
  structuredOutput: "json-schema" | "json-object" | "none";
  /** Content parts of cache_control are understood. */
  cacheControl: boolean;
  streamOptions: boolean;
  userField: "user" | "none" | "safety_identifier" | "user_id";
  images: boolean;
  /** Images may be given as http(s) URLs; default true. */
  imageUrls?: boolean;
  /** Files (PDF) are taken as `file` parts; default false. */
  documents?: boolean;
  topK: boolean;
  /** anthropic-messages: signatures are checked by the upstream, so only its own may be sent. */
  verifiesSignatures: boolean;
  /** anthropic-messages: thinking blocks may be sent without a signature. */
  takesUnsignedThinking: boolean;
  /** anthropic-messages: role system inside messages, tool search and the like are understood. */
  anthropicBetas: boolean;
  /** Services of hosted tools that the vendor does itself, for those who ask in the protocol named. */
  hostedServices?: Readonly<Partial<Record<ProtocolName, ReadonlyArray<HostedService["type"]>>>>;
  /** Same-protocol bytes may be forwarded as they are. */
  express: boolean;
  /** Fields of an openai-chat client that the hub has no word for and the vendor takes; absent: all. */
  extensionFields?: readonly string[];
  /** What changes for requests in which the model thinks. */
  whenThinking?: Readonly<Partial<Pick<VendorProfile, "fixedSampling" | "toolChoices">>>;
  models?: ReadonlyArray<{ match: RegExp } & Partial<Omit<VendorProfile, "name" | "models">>>;
}

/** The profile as it holds for one upstream model; a profile that has been refined already is given back as it is. */
export function profileForModel(profile: VendorProfile, upstreamModel: string): VendorProfile {
  if (profile.models === undefined) return profile;
  const { models, ...base } = profile;
  let result: VendorProfile = base;
  for (const { match, ...rest } of models) {
    if (match.test(upstreamModel)) result = { ...result, ...rest };
  }
  return result;
}
