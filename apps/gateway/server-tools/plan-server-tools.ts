import {
  RequestError,
  type ChatRequest,
  type CustomTool,
  type FunctionTool,
  type HostedTool,
  type ProtocolName,
  type Receipt,
  type Tool,
  type VendorProfile,
} from "@onerouter/protocols";
import { expandSearches, hasSearches, type SearchNames } from "./expand-searches.ts";
import type { WebSearch } from "./search/web-search.ts";
import { freeName, showToolSearch, showWebSearch, type ServerTool } from "./server-tool.ts";
import { describeTool } from "./tool-search/describe-tool.ts";

/** Who will be asked. */
export interface Upstream {
  protocol: ProtocolName;
  profile: VendorProfile;
  clientProtocol: ProtocolName;
}

export interface PlannedTools {
  /** What the upstream is shown. The very request that was given, if nothing in it is the gateway's to do. */
  request: ChatRequest;
  /** Tools whose calls the gateway answers. */
  serverTools: readonly ServerTool[];
  names: SearchNames;
}

const usualNames: SearchNames = Object.freeze({ webSearch: "web_search", toolSearch: "tool_search" });

/** Tools that are shown only once they are found may be this many, where a vendor limits the number of tools. */
const mostFound = 32;

/**
 * Settles who runs the hosted tools of a request: the upstream where it knows them in the client's own protocol, else the
 * gateway, which shows the model a function in their place, else nobody. A vendor that takes fewer tools than there are is
 * given a search for the last of them.
 * @throws RequestError for a web search that nobody can make and that the request is about
 */
export function planServerTools(
  request: ChatRequest,
  upstream: Upstream,
  webSearch: WebSearch | undefined,
  receipt: Receipt,
): PlannedTools {
  const { maxTools } = upstream.profile;
  const expandable = hasSearches(request);
  const isPlain = request.tools.length <= (maxTools ?? Infinity) && !request.tools.some(isService) && !expandable;
  if (isPlain) return { request, serverTools: [], names: usualNames };
  const taken = new Set(request.tools.filter(isShown).map((tool) => tool.name));
  const names: SearchNames = { webSearch: freeName("web_search", taken), toolSearch: freeName("tool_search", taken) };
  const planner = new Planner(request, upstream, webSearch, receipt, names);
  const tools = planner.plan();
  const keepsSearches = upstream.protocol === upstream.clientProtocol && upstream.protocol === "openai-responses";
  const expands = expandable && !(keepsSearches && planner.serverTools.length === 0);
  if (tools === request.tools && !expands) return { request, serverTools: [], names };
  const planned: ChatRequest = { ...request, tools };
  if (expands) planned.messages = expandSearches(request.messages, names);
  const choice = request.toolChoice;
  const shown = choice?.type === "tool" ? planner.replaced.get(choice.name) : undefined;
  if (shown !== undefined) planned.toolChoice = { type: "tool", name: shown };
  return { request: planned, serverTools: planner.serverTools, names };
}

class Planner {
  readonly serverTools: ServerTool[] = [];
  /** Names of hosted tools, and of the functions that stand for them. */
  readonly replaced = new Map<string, string>();
  readonly #request: ChatRequest;
  readonly #upstream: Upstream;
  readonly #webSearch: WebSearch | undefined;
  readonly #receipt: Receipt;
  readonly #names: SearchNames;

  constructor(
    request: ChatRequest,
    upstream: Upstream,
    webSearch: WebSearch | undefined,
    receipt: Receipt,
    names: SearchNames,
  ) {
    this.#request = request;
    this.#upstream = upstream;
    this.#webSearch = webSearch;
    this.#receipt = receipt;
    this.#names = names;
  }

  plan(): Tool[] {
    const { tools } = this.#request;
    const limited = this.#limit(tools);
    if (limited === tools && !tools.some(isService)) return tools;
    const shown: Tool[] = [];
    for (const tool of limited) {
      if (tool.kind !== "hosted" || tool.service === undefined || this.#isNative(tool)) shown.push(tool);
      else shown.push(...this.#replace(tool, limited));
    }
    return shown.length === tools.length && shown.every((tool, at) => tool === tools[at]) ? tools : shown;
  }

  /** The client asks in the upstream's own protocol for what the vendor does itself. */
  #isNative({ protocol, service }: HostedTool): boolean {
    if (service === undefined || protocol !== this.#upstream.protocol) return false;
    return this.#upstream.profile.hostedServices?.[protocol]?.includes(service.type) === true;
  }

  #replace(tool: HostedTool, tools: readonly Tool[]): Tool[] {
    const { service } = tool;
    if (service?.type === "web-search") {
      const shown = this.#replaceWebSearch(tool, service);
      return shown === undefined ? [] : [shown];
    }
    if (service?.type !== "tool-search" || service.method === "client") return [tool];
    if (!tools.some(isDeferred)) return [];
    this.#receipt.note("emulated", `tools.${tool.hostedType}`, "the gateway searches the deferred tools");
    return [this.#addToolSearch(service.method, tools, tool)];
  }

  #replaceWebSearch(
    tool: HostedTool,
    service: Extract<HostedTool["service"], { type: "web-search" }>,
  ): Tool | undefined {
    const { profile, protocol } = this.#upstream;
    if (this.#webSearch === undefined) {
      // A vendor that searches, only not in the client's words: its encoder knows how to ask.
      if (profile.hostedServices?.[protocol]?.includes("web-search") === true) return tool;
      this.#refuseIfAsked(tool);
      this.#receipt.note("dropped", `tools.${tool.hostedType}`, "no web search is configured");
      return undefined;
    }
    if (this.serverTools.some(({ type }) => type === "web-search")) return undefined;
    this.#receipt.note(
      "emulated",
      `tools.${tool.hostedType}`,
      `the gateway searches (${this.#webSearch.provider.name})`,
    );
    const name = this.#names.webSearch;
    this.replaced.set(tool.name, name);
    this.serverTools.push({ type: "web-search", name, service, search: this.#webSearch });
    return showWebSearch(name, service);
  }

  /** Without the search there would be nothing left of such a request. */
  #refuseIfAsked(tool: HostedTool): void {
    const { tools, toolChoice } = this.#request;
    const isForced =
      (toolChoice?.type === "tool" && toolChoice.name === tool.name) ||
      (toolChoice?.type === "required" && tools.length === 1);
    if (!isForced && tools.some((other) => other !== tool)) return;
    throw new RequestError({
      code: "unsupported_parameter",
      message:
        `tools: ${tool.name} (${tool.hostedType}) cannot be run: this model's provider has no web search, and the gateway ` +
        "has no search provider. Its operator can add one under `web_search` in the configuration file",
      param: "tools",
    });
  }

  #addToolSearch(method: "regex" | "bm25", tools: readonly Tool[], tool?: HostedTool): FunctionTool {
    const name = this.#names.toolSearch;
    if (tool !== undefined) this.replaced.set(tool.name, name);
    const most = this.#upstream.profile.maxTools;
    const deferred = tools.filter(isDeferred);
    const loaded = countLoaded(this.#request, new Set(deferred.map((one) => one.name)));
    const others = tools.filter((one) => one.kind !== "hosted").length - deferred.length + loaded + 1;
    this.serverTools.push({
      type: "tool-search",
      name,
      method,
      deferred: deferred.map(describeTool),
      room: most === undefined ? Number.POSITIVE_INFINITY : Math.max(0, most - others),
    });
    return showToolSearch(name, method);
  }

  /**
   * More tools than the vendor takes: the last of them are found by a search. Which ones does not depend on the conversation,
   * so that the list stays the same from turn to turn.
   */
  #limit(tools: Tool[]): Tool[] {
    const { maxTools } = this.#upstream.profile;
    if (maxTools === undefined || tools.length <= maxTools) return tools;
    const shown = tools.filter((tool) => isShown(tool) && !isDeferred(tool));
    const hosted = tools.filter((tool) => tool.kind === "hosted").length;
    if (shown.length + hosted <= maxTools) return tools;
    const room = maxTools - hosted - 1 - Math.min(mostFound, Math.floor(maxTools / 4));
    const { toolChoice } = this.#request;
    const chosen = toolChoice?.type === "tool" ? toolChoice.name : undefined;
    let left = room;
    const limited: Tool[] = [];
    for (const tool of tools) {
      const stays = !isShown(tool) || isDeferred(tool) || tool.name === chosen || left-- > 0;
      limited.push(stays ? tool : defer(tool));
    }
    this.#receipt.note(
      "approximated",
      "tools",
      `${shown.length} tools are more than the ${maxTools} that ${this.#upstream.profile.name} takes: the last ones are found by a search`,
    );
    const searches = tools.some((tool) => tool.kind === "hosted" && tool.service?.type === "tool-search");
    return searches ? limited : [...limited, this.#addToolSearch("bm25", limited)];
  }
}

function isShown(tool: Tool): tool is FunctionTool | CustomTool {
  return tool.kind !== "hosted";
}

function isDeferred(tool: Tool): tool is (FunctionTool | CustomTool) & { deferred: true } {
  return tool.kind !== "hosted" && tool.deferred === true;
}

function defer(tool: FunctionTool | CustomTool): Tool {
  return tool.kind === "function" ? { ...tool, deferred: true } : { ...tool, deferred: true };
}

function isService(tool: Tool): boolean {
  return tool.kind === "hosted" && tool.service !== undefined;
}

/** How many of these tools the conversation has loaded, see shownTools of the encoders. */
function countLoaded({ messages }: ChatRequest, names: ReadonlySet<string>): number {
  const loaded = new Set<string>();
  const add = (name: string): void => void (names.has(name) && loaded.add(name));
  for (const { content } of messages) {
    for (const part of content) {
      if (part.type === "tool-call") add(part.name);
      else if (part.type === "tool-search") for (const name of part.tools) add(name);
      else if (part.type === "tool-result")
        for (const inner of part.content) if (inner.type === "tool-reference") add(inner.name);
    }
  }
  return loaded.size;
}
