/** Makes the envelope that a client has with a thought. */
export type Sign = (text: string) => string;

const meta = { internal_chat_message_metadata_passthrough: { turn_id: "t1" } };
const object = (properties: object) => ({ type: "object", properties, additionalProperties: false });

/**
 * What Codex 0.169 sends for a model it knows (gpt-5.5), shortened: instructions as a developer message, custom and
 * namespaced tools, a search for tools that it makes itself, hosted web search, and the items of an earlier answer.
 */
export function codex169(sign: Sign): Record<string, unknown> {
  return {
    model: "gpt-5.5",
    stream: true,
    store: false,
    include: ["reasoning.encrypted_content"],
    prompt_cache_key: "0199-thread",
    parallel_tool_calls: true,
    tool_choice: "auto",
    reasoning: { effort: "high", summary: "auto" },
    text: { verbosity: "low" },
    client_metadata: { originator: "codex_exec" },
    tools: [
      {
        type: "function",
        name: "exec_command",
        description: "Runs a command.",
        strict: false,
        parameters: object({ cmd: { type: "string" } }),
      },
      {
        type: "custom",
        name: "apply_patch",
        description: "Edits files.",
        format: { type: "grammar", syntax: "lark", definition: 'start: "*** Begin Patch"' },
      },
      {
        type: "namespace",
        name: "multi_agent_v1",
        description: "Agents.",
        tools: [{ type: "function", name: "spawn", description: "Starts.", strict: false, parameters: object({}) }],
      },
      { type: "tool_search", execution: "client", description: "Finds MCP tools.", parameters: object({ query: { type: "string" } }) },
      { type: "web_search", external_web_access: true },
    ],
    input: [
      {
        type: "message",
        role: "developer",
        content: [
          { type: "input_text", text: "You are a coding agent." },
          { type: "input_text", text: "Be brief." },
        ],
        ...meta,
      },
      { type: "message", role: "user", content: [{ type: "input_text", text: "Create a.txt." }], ...meta },
      {
        type: "reasoning",
        id: "rs_1",
        summary: [{ type: "summary_text", text: "Patch it." }],
        content: null,
        encrypted_content: sign("Patch it."),
      },
      {
        type: "message",
        role: "assistant",
        phase: "commentary",
        content: [{ type: "output_text", text: "I create it." }],
      },
      {
        type: "custom_tool_call",
        status: "completed",
        call_id: "call_A7bK2mQz81",
        name: "apply_patch",
        input: "*** Begin Patch\n+é\n*** End Patch",
      },
      { type: "custom_tool_call_output", call_id: "call_A7bK2mQz81", output: "Done!" },
      {
        type: "function_call",
        name: "spawn",
        namespace: "multi_agent_v1",
        arguments: "{}",
        call_id: "call_B7bK2mQz81",
      },
      {
        type: "tool_search_call",
        call_id: "call_C7bK2mQz81",
        status: "completed",
        execution: "client",
        arguments: { query: "issues" },
      },
      {
        type: "function_call_output",
        call_id: "call_B7bK2mQz81",
        output: [
          { type: "input_text", text: "agent 1" },
          { type: "input_image", image_url: "data:image/png;base64,AAAA" },
        ],
      },
      {
        type: "tool_search_output",
        call_id: "call_C7bK2mQz81",
        status: "completed",
        execution: "client",
        tools: [
          {
            type: "namespace",
            name: "mcp__tracker",
            description: "The tracker.",
            tools: [{ type: "function", name: "list_issues", strict: false, parameters: object({}), defer_loading: true }],
          },
        ],
      },
      { type: "message", role: "user", content: [{ type: "input_text", text: "Go on." }], ...meta },
    ],
  };
}
