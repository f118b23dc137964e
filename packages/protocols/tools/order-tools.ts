import type { ChatRequest } from "../model/chat-request.ts";
import type { ContentPart } from "../model/content.ts";
import type { Tool } from "../model/tool.ts";
import type { Receipt } from "../receipt.ts";

/** Claude Code's stand-in for the tools it has not loaded yet: a way to keep its cache, no tool. */
const deferredPlaceholder = "DeferredToolPlaceholder";

/** A tool that a model is shown. */
export interface ShownTool {
  tool: Tool;
  /** It was deferred, and a part of a user's message has loaded it. */
  isLoaded: boolean;
}

/**
 * Tool search without the upstream's help: a deferred tool is shown once the conversation has named it. Those come last, in
 * the order in which they were named, so that the list only ever grows at its end and the prompt cache holds.
 */
export function orderTools({ tools, messages }: ChatRequest, receipt: Receipt): ShownTool[] {
  const shown: ShownTool[] = [];
  // A reference has no namespace: it loads all tools of its name.
  const deferred = new Map<string, Tool[]>();
  for (const tool of tools) {
    if (tool.kind === "hosted" || tool.deferred !== true) shown.push({ tool, isLoaded: false });
    else if (tool.name !== deferredPlaceholder) {
      const others = deferred.get(tool.name);
      if (others === undefined) deferred.set(tool.name, [tool]);
      else others.push(tool);
    }
  }
  if (deferred.size === 0) return shown;
  receipt.note("emulated", "tools.defer_loading", "deferred tools are shown once the conversation has named them");
  for (const { content } of messages) {
    for (const part of content) {
      for (const name of namedBy(part)) {
        for (const tool of deferred.get(name) ?? []) shown.push({ tool, isLoaded: part.type !== "tool-call" });
        deferred.delete(name);
      }
    }
  }
  return shown;
}

// A call names its tool too: the reference may be gone from a compacted history.
function* namedBy(part: ContentPart): Iterable<string> {
  if (part.type === "tool-call") yield part.name;
  else if (part.type === "tool-search") yield* part.tools;
  else yield* loadedBy(part);
}

/** The tools that a part of a user's message loads. */
export function* loadedBy(part: ContentPart): Iterable<string> {
  if (part.type === "tool-reference") yield part.name;
  if (part.type !== "tool-result") return;
  for (const piece of part.content) if (piece.type === "tool-reference") yield piece.name;
}

/** What the model reads where a tool was loaded. */
export function describeLoaded(name: string): string {
  return `The tool ${name} is now loaded and can be called.`;
}
