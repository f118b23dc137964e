// The requests of the benchmark, in the shape a coding agent sends them.

const tools = ["Bash", "Read", "Write"].map((name) => ({
  name,
  description: `${name}: use it for one step of the task at a time, and read what it answers before the next one.`,
  input_schema: {
    type: "object",
    properties: {
      target: { type: "string", description: "a command or an absolute path" },
      text: { type: "string", description: "what to write" },
    },
    required: ["target"],
    additionalProperties: false,
  },
}));

const shared = {
  max_tokens: 1024,
  thinking: { type: "adaptive" },
  system: [{ type: "text", text: "You are a coding agent. Take small steps.", cache_control: { type: "ephemeral" } }],
  tools,
};

type Fields = Record<string, unknown>;

/** About 1 KB: one user message and three tools. */
export function smallRequest(model: string): Fields {
  return { model, ...shared, messages: [{ role: "user", content: "Write hello.txt with one line, then test it." }] };
}

/** The small request, streamed. */
export function streamRequest(model: string): Fields {
  return { ...smallRequest(model), stream: true };
}

const TURNS = 300;
const LARGE_BYTES = 1_000_000;

/**
 * 1 MB: a session of 300 tool steps. `thinking` is the block that the target itself gave in an answer, sent back before
 * each tool call as a client must, so a gateway that signs its thinking blocks verifies 300 signatures here.
 */
export function largeRequest(model: string, thinking: Fields | undefined): Fields {
  const build = (resultBytes: number): Fields => {
    const messages: Fields[] = [{ role: "user", content: "Work through the list, one step at a time." }];
    for (let turn = 0; turn < TURNS; turn += 1) {
      const id = `toolu_bench${String(turn).padStart(8, "0")}`;
      const call = { type: "tool_use", id, name: "Bash", input: { target: `sed -n ${turn}p "list.txt"` } };
      const content = filler(turn, resultBytes);
      messages.push({ role: "assistant", content: thinking === undefined ? [call] : [thinking, call] });
      messages.push({ role: "user", content: [{ type: "tool_result", tool_use_id: id, content }] });
    }
    return { model, ...shared, messages };
  };
  const bare = Buffer.byteLength(JSON.stringify(build(0)));
  return build(Math.max(0, Math.floor((LARGE_BYTES - bare) / TURNS)));
}

// Source code as a tool returns it: mostly ASCII, some characters that JSON escapes, and a letter of two bytes.
const line = 'const total = rows.map((row) => row["preis"]).reduce((a, b) => a + b) // Summe für alle\n';

function filler(turn: number, bytes: number): string {
  const text = `${turn}: ${line.repeat(Math.ceil(bytes / line.length))}`;
  // Escapes and two-byte letters make the encoded text longer than the string.
  const encodedPerCharacter = (Buffer.byteLength(JSON.stringify(line)) - 2) / line.length;
  return text.slice(0, Math.floor(bytes / encodedPerCharacter));
}
