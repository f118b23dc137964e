import type { Conversation, SearchPart } from "./conversation.ts";
import type { FoundTask } from "./find-task.ts";

/** The search that the provider itself runs for a task, where the request lets it. The web it searches is scripted. */
export function searchFor(conversation: Conversation, { task, done }: FoundTask): SearchPart | undefined {
  const action = task?.type === "actions" ? task.actions[done] : undefined;
  if (action?.type !== "search" || !conversation.searchesWeb || conversation.toolChoice.type === "none")
    return undefined;
  const path = encodeURIComponent(action.query.toLowerCase().replaceAll(/\s+/g, "-"));
  const sources = [1, 2].map((number) => ({
    url: `https://mock.example/${path}/${number}`,
    title: `${action.query} (result ${number})`,
    text: `What the scripted web says about ${action.query}.`,
  }));
  return { type: "search", text: action.query, sources };
}

/** What the model says of a search; the first source's title stands in it, so that citations have something to mark. */
export function citeSources({ text, sources }: SearchPart): string {
  return `(mock) I searched the web for "${text}" and found ${sources[0]?.title ?? "nothing"}.`;
}
