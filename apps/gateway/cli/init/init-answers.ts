import type { ProtocolName } from "@onerouter/protocols";
import type { ModelPreset } from "./provider-presets.ts";

/** Everything the file needs. */
export interface InitAnswers {
  provider: string;
  protocol: ProtocolName;
  baseUrl: string;
  keyVariable: string;
  model: ModelPreset;
}

/** What the command line said already. */
export interface InitFlags {
  provider?: string;
  protocol?: string;
  baseUrl?: string;
  keyVariable?: string;
  model?: string;
  upstreamId?: string;
  alias?: string;
  contextLength?: number;
  maxOutputTokens?: number;
  force?: boolean;
}
