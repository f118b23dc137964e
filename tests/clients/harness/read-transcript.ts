import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { clientFolders } from "./run-claude.ts";

/** One answer as Claude Code wrote it to disk. */
export interface TranscriptTurn {
  messageId: string;
  /** Types of its content blocks. */
  blocks: string[];
  usage: { input_tokens: number; cache_read_input_tokens: number; output_tokens: number };
}

interface Line {
  type: string;
  message?: { id: string; content: Array<{ type: string }>; usage: TranscriptTurn["usage"] };
}

/** The answers of a session, oldest first, from the transcript in the client's home. */
export function readTranscript(folder: string, sessionId: string): TranscriptTurn[] {
  const { home } = clientFolders(folder);
  const [file] = globSync(join(home, ".claude", "projects", "*", `${sessionId}.jsonl`));
  if (file === undefined) throw new Error(`no transcript of session ${sessionId} below ${home}`);
  const turns = new Map<string, TranscriptTurn>();
  for (const text of readFileSync(file, "utf8").trim().split("\n")) {
    const { type, message } = JSON.parse(text) as Line;
    if (type !== "assistant" || message === undefined) continue;
    // It writes one line for each block; all of them carry the message's id.
    const turn = turns.get(message.id) ?? {
      messageId: message.id,
      blocks: [],
      usage: message.usage,
    };
    turn.blocks.push(...message.content.map((block) => block.type));
    turn.usage = message.usage;
    turns.set(message.id, turn);
  }
  return [...turns.values()];
}
