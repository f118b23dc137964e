/*
 * The program of a process of its own, so that the SDK sees the client's environment and nothing of the tests': runs one
 * query() and prints its result message as `claude -p --output-format json` would.
 * Arguments: the prompt, the claude binary.
 */
interface Message {
  type: string;
}

/** What is used of the package; it is not installed where only types are checked. */
interface AgentSdk {
  query(call: { prompt: string; options: Record<string, unknown> }): AsyncIterable<Message>;
}

const [prompt = "", pathToClaudeCodeExecutable = ""] = process.argv.slice(2);
const packageName: string = "@anthropic-ai/claude-agent-sdk";
const { query } = (await import(packageName)) as AgentSdk;

const messages = query({
  prompt,
  options: {
    pathToClaudeCodeExecutable,
    cwd: process.cwd(),
    env: process.env,
    maxTurns: 400,
    permissionMode: "bypassPermissions",
    allowDangerouslySkipPermissions: true,
  },
});
for await (const message of messages) {
  if (message.type === "result") process.stdout.write(`${JSON.stringify(message)}\n`);
}
