import { draw, drawBetween, purpose } from "./random.ts";

/** One request of a session. */
export interface Turn {
  /** Milliseconds since the simulation began. */
  at: number;
  promptTokens: number;
  outputTokens: number;
}

/** A conversation, or a single request. */
export interface SimulatedSession {
  id: number;
  tools: boolean;
  /** Bytes of the prompt for each token, which the gateway does not know. */
  bytesPerToken: number;
  turns: readonly Turn[];
}

export interface Workload {
  name: string;
  sessions: readonly SimulatedSession[];
}

export interface WorkloadSize {
  seed: number;
  agents: number;
  agentSteps: number;
  chats: number;
  batch: number;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 * What the gateway's clients do. Claude Code's prompt begins with the 12 000 tokens or so of its tools and system prompt and
 * grows by what tools return; now and then a person reads for some minutes before the session goes on.
 */
export function createWorkloads({ seed, agents, agentSteps, chats, batch }: WorkloadSize): Workload[] {
  return [
    { name: "agent sessions", sessions: sessionsOf(agents, (id) => createAgent(seed, id, agentSteps)) },
    { name: "short chats", sessions: sessionsOf(chats, (id) => createChat(seed, id + 100_000)) },
    { name: "batch", sessions: sessionsOf(batch, (id) => createBatch(seed, id + 200_000)) },
  ];
}

function sessionsOf(count: number, create: (id: number) => SimulatedSession): SimulatedSession[] {
  return Array.from({ length: count }, (_, id) => create(id));
}

function createAgent(seed: number, id: number, steps: number): SimulatedSession {
  let at = drawBetween(0, 20 * hour, seed, id, purpose.start);
  let promptTokens = Math.round(drawBetween(11_000, 16_000, seed, id, purpose.size));
  const turns: Turn[] = [];
  for (let step = 0; step < steps; step++) {
    const outputTokens = Math.round(drawBetween(60, 500, seed, id, step, purpose.output));
    turns.push({ at, promptTokens, outputTokens });
    promptTokens += outputTokens + Math.round(drawBetween(50, 900, seed, id, step, purpose.growth));
    const pauses = draw(seed, id, step, purpose.pause) < 0.015;
    at += pauses
      ? drawBetween(3 * minute, 25 * minute, seed, id, step, purpose.pauseLength)
      : drawBetween(4 * second, 40 * second, seed, id, step, purpose.gap);
  }
  return { id, tools: true, bytesPerToken: drawBetween(3.7, 4.3, seed, id, purpose.noise), turns };
}

function createChat(seed: number, id: number): SimulatedSession {
  let at = drawBetween(0, 24 * hour, seed, id, purpose.start);
  let promptTokens = Math.round(drawBetween(150, 3_000, seed, id, purpose.size));
  const count = 1 + Math.floor(draw(seed, id, purpose.turns) ** 2 * 8);
  const turns: Turn[] = [];
  for (let step = 0; step < count; step++) {
    const outputTokens = Math.round(drawBetween(50, 900, seed, id, step, purpose.output));
    turns.push({ at, promptTokens, outputTokens });
    promptTokens += outputTokens + Math.round(drawBetween(10, 200, seed, id, step, purpose.growth));
    at += drawBetween(20 * second, 4 * minute, seed, id, step, purpose.gap);
  }
  return { id, tools: false, bytesPerToken: drawBetween(3.7, 4.3, seed, id, purpose.noise), turns };
}

function createBatch(seed: number, id: number): SimulatedSession {
  const at = drawBetween(0, 24 * hour, seed, id, purpose.start);
  const promptTokens = Math.round(drawBetween(1_000, 30_000, seed, id, purpose.size));
  const outputTokens = Math.round(drawBetween(100, 800, seed, id, purpose.output));
  return {
    id,
    tools: false,
    bytesPerToken: drawBetween(3.7, 4.3, seed, id, purpose.noise),
    turns: [{ at, promptTokens, outputTokens }],
  };
}
