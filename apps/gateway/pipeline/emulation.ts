import type { Message, OutputFormat } from "@onerouter/protocols";
import type { SearchNames } from "../server-tools/expand-searches.ts";
import type { AppliedEdit } from "./edit-context.ts";
import { SearchTally } from "../server-tools/run-calls.ts";
import type { ServerTool } from "../server-tools/server-tool.ts";
import type { GoingOn, ShownText } from "./tell-shown.ts";

/** What the gateway does itself in place of one candidate; nothing of it holds the conversation. */
export interface Emulation {
  /** Tools whose calls the gateway answers. */
  readonly serverTools: readonly ServerTool[];
  readonly names: SearchNames;
  /** The form that the upstream does not see to. */
  readonly output?: OutputFormat;
  /** What the gateway has cleared of the conversation, where the client asked for it. */
  readonly appliedEdits?: readonly AppliedEdit[];
  /** The upstream is asked for the rest of an answer. */
  readonly goesOn?: GoingOn;
}

export const noEmulation: Emulation = Object.freeze({
  serverTools: [],
  names: { webSearch: "web_search", toolSearch: "tool_search" },
});

/** Upstream calls of one answer. In the last one the model may call nothing. */
const mostRounds = 12;

/** What one answer has added to its conversation so far. */
export class Continuation {
  /** The model's turns and the results of its searches, to be told after the client's messages. */
  readonly turns: Message[] = [];
  readonly tally = new SearchTally();
  /** The latest answer that was not in the form asked for, and what the model is told of it. */
  correction: readonly Message[] = [];
  /** The text of this turn that the client has and that its next upstream is to go on with. */
  shown: ShownText | undefined = undefined;
  timesGoneOn = 0;

  /** The model has searched as often as it may: the next call to the upstream is the last. */
  get isLast(): boolean {
    return this.tally.rounds >= mostRounds - 1;
  }
}
