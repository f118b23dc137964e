/** How the two forms of a message, the hub's and the wire's, are looked at. */
export interface TurnReader<M> {
  hasResult(message: M): boolean;
  beginsWithThought(message: M): boolean;
}

/**
 * True when calls wait for the model to go on and Anthropic would miss a thought. All calls and results since the user last
 * spoke are one turn of the assistant's, and one thought at its beginning is enough: a model that does not interleave thinks
 * before the first call only (https://platform.claude.com/docs/en/build-with-claude/thinking-tool-workflows; its answers are
 * sent back so in https://github.com/anthropics/claude-cookbooks, extended_thinking_with_tool_use).
 */
export function loopLacksThought<M extends { role?: unknown }>(messages: readonly M[], reader: TurnReader<M>): boolean {
  const turns = messages.filter((message) => message.role !== "system");
  const last = turns.at(-1);
  if (last?.role !== "user" || !reader.hasResult(last)) return false;
  const answers: M[] = [];
  for (const message of turns.toReversed()) {
    if (message.role !== "user") answers.push(message);
    else if (!reader.hasResult(message)) break;
  }
  const [latest] = answers;
  const first = answers.at(-1);
  if (latest === undefined || first === undefined) return false;
  return !reader.beginsWithThought(latest) && !reader.beginsWithThought(first);
}
