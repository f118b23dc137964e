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
  /** Thoughts go back as `{type: "thinking"}` parts of the content, not in a field (Mistral); default false. */
  thoughtsAsParts?: boolean;
  /**
   * An answer that begins with `<think>` thinks until `</think>`, where the server was not told to part the two; absent: it is
   * text. `opened`: the model's chat template has written the first tag already, so that only the second may come.
   */
  thinkTags?: "whole" | "opened";
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
  thinkingSwitch:
    | "none"
    /** `thinking: {type: "enabled"}`, and `reasoning_effort` beside it. */
    | "thinking-type"
    | "reasoning-effort"
    /** `reasoning: {enabled, effort, max_tokens}` (OpenRouter, Together). */
    | "reasoning-object"
    /** `enable_thinking` and `thinking_budget` (Qwen). */
    | "enable-thinking"
    | "chat-template-kwargs";
  /** The word of `thinking.type` for a model that is to think; default `enabled`. */
  thinkingOnWord?: string;
  /** Tokens are taken as a measure where the switch has a place for them; default false. */
  thinkingBudget?: boolean;
  /** Further fields of the `thinking` object, sent whenever the model may think (`clear_thinking: false` of Z.ai). */
  thinkingFields?: Readonly<Record<string, unknown>>;
  /** The switch's name inside `chat_template_kwargs`; default `thinking`. */
  thinkingKwarg?: string;
  /** False: the model always thinks; a wish to switch it off goes on the receipt. */
  thinkingCanBeOff: boolean;
  /** The vendor's word for each effort; absent: effort is dropped, in openai-responses sent as it is. Empty: no effort is taken. */
  efforts?: Partial<Record<ReasoningEffort, string>>;
  /** Call ids in history: any, `functions.{name}:{running index}` (Kimi), or nine letters and digits (Mistral). */
  toolCallIdForm: "any" | "functions-index" | "nine-alphanumeric";
  /** Longest call id taken when the form is `any`; default 64. */
  toolCallIdMaxLength?: number;
  /** Sampling fields the vendor refuses or fixes: dropped, with a receipt. */
  fixedSampling: ReadonlyArray<
    "temperature" | "top_p" | "top_k" | "frequency_penalty" | "presence_penalty" | "seed" | "n"
  >;
  /** Temperatures the vendor takes, both ends included; others are moved to the nearer end. */
  temperatureRange?: readonly [least: number, most: number];
  seedField?: "seed" | "random_seed";
  maxTokensField: "max_tokens" | "max_completion_tokens";
  maxTools?: number;
  /** 0: none are taken. */
  maxStopSequences?: number;
  /** Longest stop sequence taken, in bytes of UTF-8. */
  maxStopBytes?: number;
  /** Forms of tool_choice taken; others are approximated. Without `auto`, which is every vendor's default, it is left out. */
  toolChoices: ReadonlyArray<"auto" | "none" | "required" | "tool">;
  /** The word for `required`; default `required`. */
  requiredWord?: string;
  /** Function tools of a model that may think: taken, taken only if it does not think, or not taken; default `yes`. */
  toolsWhileThinking?: "yes" | "without-thinking" | "no";
  /** Deferred tools may be declared in a system message where they are loaded, which keeps the prompt's prefix (Kimi K3). */
  toolsInMessages?: boolean;
  /** `tool_choice: {type: "allowed_tools"}` is understood; default false. */
  allowedToolsChoice?: boolean;
  parallelToolCallsField: boolean;
  /** `strict` of a function tool is understood; default true. */
  strictTools?: boolean;
  /** Custom (free text) tools are understood; otherwise they are emulated by a function with one string. Default false. */
  customTools?: boolean;
  /** openai-responses: tools may stand in namespaces; otherwise the namespace becomes part of the name. Default false. */
  namespaces?: boolean;
  /**
   * What JSON Schemas must keep to; default `any`. `anthropic`: parameters of tools are one object, without alternatives on
   * top. `openai`: the same, and strict schemas name every property as required. The others are subsets.
   */
  toolSchemas?: "any" | "anthropic" | "openai" | "moonshot" | "openapi";
  /** `tool_stream: true` is needed for arguments to be streamed at all (Z.ai); default false. */
  toolStream?: boolean;
  /** Mid-conversation instructions: kept as system messages or folded into user text. */
  midConversationSystem: "system" | "user";
  /** A user message must not follow a tool message: the assistant has to speak between them (Mistral); default false. */
  assistantAfterTools?: boolean;
  /** Field that marks a last assistant message as the beginning of the answer. */
  prefillField?: "prefix" | "partial";
  /** openai-chat: a conversation may end with the assistant; default true. */
  takesPrefill?: boolean;
  systemRole: "system" | "developer";
  structuredOutput: "json-schema" | "json-object" | "none";
  /** A form of the answer and function tools go together; default true. */
  structuredOutputWithTools?: boolean;
  /** Content parts of cache_control are understood. */
  cacheControl: boolean;
  /** openai-chat: nothing is cached without marks, so that clients who know none get some; default false. */
  cachesAtMarksOnly?: boolean;
  /** Tools may carry cache marks too; default true. */
  cacheControlOnTools?: boolean;
  /** `ttl` of a cache mark is understood; default true. */
  cacheTtl?: boolean;
  streamOptions: boolean;
  /** The model answers in streams only: one is asked for, whatever the client wants; default false. */
  streamOnly?: boolean;
  userField: "user" | "none" | "safety_identifier" | "user_id";
  images: boolean;
  /** It serves models of any make, so that `images` says what may be sent, not what a model sees; default false. */
  servesAnyModel?: boolean;
  /** Images may be given as http(s) URLs; default true. */
  imageUrls?: boolean;
  /** Files (PDF) are taken as `file` parts; default false. */
  documents?: boolean;
  topK: boolean;
  /** anthropic-messages: signatures are checked by the upstream, so only its own may be sent. */
  verifiesSignatures: boolean;
  /**
   * Encrypted thoughts are taken back only from the credential that got them; default: those of openai-responses are bound,
   * others are not.
   */
  reasoningBoundToCredential?: boolean;
  /** anthropic-messages, openai-responses: thoughts may be sent without a signature. */
  takesUnsignedThinking: boolean;
  /** anthropic-messages: role system inside messages, tool search and the like are understood. */
  anthropicBetas: boolean;
  /** gemini: how thinking is measured: in levels (the words of `efforts`), in tokens from `least` to `most`, or not at all. */
  thinkingMeasure?: "level" | "none" | { least: number; most: number };
  /** gemini: the first call of every step must carry a signature (Gemini 3 and later); default false. */
  callsNeedSignature?: boolean;
  /** gemini: calls and their results are told apart by ids, not only by names and order; default false. */
  functionCallIds?: boolean;
  /** gemini, openai-responses: results of tools may hold images and files themselves; default false. */
  mediaInToolResults?: boolean;
  /** openai-chat: the vendor counts the tokens of messages, at Moonshot's address. */
  countsTokens?: boolean;
  /** Services of hosted tools that the vendor does itself, for those who ask in the protocol named. */
  hostedServices?: Readonly<Partial<Record<ProtocolName, ReadonlyArray<HostedService["type"]>>>>;
  /**
   * Its tool calls do not leak into text as markup, and are as good as they will get: they may take the express lane.
   * Default false.
   */
  trustedCalls?: boolean;
  /** Same-protocol bytes may be forwarded as they are. */
  express: boolean;
  /** It is a gateway itself, and takes OpenRouter's routing fields; default false. */
  takesGatewayFields?: boolean;
  /** Fields of an openai-chat client that the hub has no word for and the vendor takes; absent: all. */
  extensionFields?: readonly string[];
  /** openai-responses: fields of the protocol that the vendor refuses, also those that are sent unasked (`store`, `include`). */
  refusedFields?: readonly string[];
  /** openai-chat: fields sent with every request, where the vendor's default is not what a client expects. */
  fixedFields?: Readonly<Record<string, unknown>>;
  /** What changes for requests in which the model thinks. */
  whenThinking?: Readonly<
    Partial<Pick<VendorProfile, "fixedSampling" | "toolChoices" | "structuredOutput" | "extensionFields">>
  >;
  models?: readonly ModelRule[];
}

/** What holds for the models whose upstream id matches, said in `protocol` if there is one. */
export type ModelRule = { match: RegExp; protocol?: ProtocolName } & Partial<Omit<VendorProfile, "name" | "models">>;

/**
 * The profile as it holds for one upstream model; a profile that has been refined already is given back as it is.
 * @param protocol the one spoken to the upstream
 */
export function profileForModel(profile: VendorProfile, upstreamModel: string, protocol?: ProtocolName): VendorProfile {
  if (profile.models === undefined) return profile;
  const { models, ...base } = profile;
  let result: VendorProfile = base;
  for (const { match, protocol: only, ...rest } of models) {
    if ((only === undefined || only === protocol) && match.test(upstreamModel)) result = { ...result, ...rest };
  }
  return result;
}
