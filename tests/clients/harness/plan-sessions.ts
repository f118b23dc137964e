import { agents, type Agent } from "./agents.ts";
import { mainUpstreams, type MainUpstream } from "./main-upstreams.ts";

export interface AgentSession {
  agent: Agent;
  upstream: MainUpstream;
  steps: number;
}

const long = 300;
const short = 50;

/**
 * opencode takes as much of the machine as all others together, so in an ordinary run each of its packages goes the long
 * way on one upstream, another for each.
 */
const opencodeLong: Record<string, string> = {
  "@ai-sdk/openai-compatible": "deepseek",
  "@ai-sdk/anthropic": "openai",
  "@ai-sdk/openai": "google",
  "@openrouter/ai-sdk-provider": "anthropic",
};

/** Every agent on every upstream; the long ones first, so that two at a time end together. */
export function planSessions(isFull: boolean): AgentSession[] {
  const sessions = mainUpstreams.flatMap((upstream) =>
    agents.map((agent) => ({ agent, upstream, steps: isFull || goesLong(agent, upstream) ? long : short })),
  );
  return sessions.toSorted((a, b) => weigh(b) - weigh(a));
}

function goesLong({ name }: Agent, upstream: MainUpstream): boolean {
  const packageName = Object.keys(opencodeLong).find((one) => name.endsWith(one));
  if (packageName !== undefined) return opencodeLong[packageName] === upstream.name;
  // long-session does this one, and measures it.
  return !(name.startsWith("Claude Code") && upstream.name === "moonshot");
}

function weigh({ agent, steps }: AgentSession): number {
  return steps * (agent.name.startsWith("opencode") ? 2 : 1);
}
