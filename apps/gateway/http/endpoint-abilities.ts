import { kindOf, type Endpoint, type Model } from "@onerouter/catalog";
import { profileForModel, type VendorProfile } from "@onerouter/protocols";
import { canReason, supportedParameters } from "@onerouter/protocols/supported-parameters";
import { generic } from "@onerouter/protocols/vendors/generic";
import { vendorProfiles } from "@onerouter/protocols/vendors/index";

/** What can be said of an endpoint without asking it: from its vendor's profile and from the catalogue. */
export interface EndpointAbilities {
  endpoint: Endpoint;
  profile: VendorProfile;
  /** Request fields, by OpenRouter's names. */
  parameters: readonly string[];
  inputs: readonly string[];
  canReason: boolean;
}

export function abilitiesOf(endpoint: Endpoint): EndpointAbilities {
  const { protocol, upstreamId, vendor } = endpoint;
  const profile = profileForModel(vendorProfiles[vendor] ?? generic, upstreamId, protocol);
  const reasons = endpoint.reasoning !== false && canReason(protocol, profile, upstreamId);
  const isNever = (parameter: string): boolean =>
    (endpoint.toolCalls === false && toolParameters.has(parameter)) || (!reasons && reasonParameters.has(parameter));
  return {
    endpoint,
    profile,
    parameters:
      endpoint.kind === "embedding"
        ? []
        : supportedParameters(protocol, profile, upstreamId).filter((p) => !isNever(p)),
    inputs: inputsOf(endpoint, profile),
    canReason: reasons,
  };
}

const toolParameters: ReadonlySet<string> = new Set(["tools", "tool_choice", "parallel_tool_calls"]);
const reasonParameters: ReadonlySet<string> = new Set(["reasoning", "reasoning_effort"]);

/** Where the catalogue says nothing, only vendors whose models are known are believed to see; the others can read. */
function inputsOf({ inputModalities }: Endpoint, { name, servesAnyModel, images, documents }: VendorProfile): string[] {
  const isKnown = name !== "generic" && servesAnyModel !== true;
  const inputs = ["text"];
  if (images && (inputModalities?.includes("image") ?? isKnown)) inputs.push("image");
  // Not every source of the catalogue tells of files.
  if (documents === true && (isKnown || inputModalities?.includes("file") === true)) inputs.push("file");
  return inputs;
}

export function outputsOf(model: Model): string[] {
  return [kindOf(model) === "embedding" ? "embeddings" : "text"];
}

/** What every one of the endpoints has, so that it holds wherever a request goes. */
export function inCommon([first = [], ...rest]: ReadonlyArray<readonly string[]>): string[] {
  return first.filter((item) => rest.every((list) => list.includes(item)));
}
