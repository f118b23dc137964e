import { describe, expect, test } from "vitest";
import type { ChatEvent } from "../model/chat-event.ts";
import type { ChatAnswer } from "../model/chat-answer.ts";
import { protocolFor, protocols } from "../protocols.ts";
import type { Protocol } from "../protocol-contract.ts";
import {
  clientContext,
  decodePieces,
  decodeText,
  encodeEvents,
  fold,
  origin,
  sealAll,
} from "./__fixtures__/answers.ts";
import { loadRecording, type Recording } from "./__fixtures__/recordings.ts";
import { encodeFor } from "./__fixtures__/requests.ts";

interface Completion {
  choices: [{ message: object }];
}

interface GenerateContentResponse {
  candidates?: [{ content: object }];
}

/** What a client puts into its history for a whole answer. */
function historyOf(client: Protocol, answer: ChatAnswer): object[] {
  const body = client.encodeResponse(answer, clientContext);
  if (client.name === "anthropic-messages") return [{ role: "assistant", content: body.content }];
  if (client.name === "gemini") return [(body as GenerateContentResponse).candidates?.[0].content ?? {}];
  if (client.name === "openai-responses") return body.output as object[];
  return [(body as unknown as Completion).choices[0].message];
}

/** What Codex puts into its history for a stream: the items that are done. */
function itemsOf(stream: string): object[] {
  return [...stream.matchAll(/^data: (\{"type":"response\.output_item\.done".*)$/gm)].map(
    ([, json = ""]) => (JSON.parse(json) as { item: object }).item,
  );
}

/** What Google's SDKs put into their history for a stream: the content of every chunk. */
function contentsOf(stream: string): object[] {
  const chunks = stream.split("\n\n").filter((event) => event !== "");
  return chunks.map(
    (event) => (JSON.parse(event.slice("data: ".length)) as GenerateContentResponse).candidates?.[0].content ?? {},
  );
}

/** The next request of a client that has this history of an answer and has run its calls. */
function nextRequest(client: Protocol, answer: ChatAnswer, history: readonly object[]): unknown {
  const calls = answer.parts.filter((part) => part.type === "tool-call");
  const head = { model: "m", max_tokens: 4000 };
  const start = { role: "user", content: "go" };
  const more = { role: "user", content: "more" };
  if (client.name === "gemini") {
    const responses = calls.map(({ id, name }) => ({ functionResponse: { id, name, response: { output: "ok" } } }));
    const user = (...parts: object[]) => ({ role: "user", parts });
    return { model: "m", contents: [user({ text: "go" }), ...history, user(...responses, { text: "more" })] };
  }
  if (client.name === "openai-responses") {
    const outputs = calls.map(({ id, custom }) => ({
      type: custom === true ? "custom_tool_call_output" : "function_call_output",
      call_id: id,
      output: "ok",
    }));
    return { model: "m", input: [start, ...history, ...outputs, more] };
  }
  if (client.name === "anthropic-messages") {
    const results = calls.map(({ id }) => ({ type: "tool_result", tool_use_id: id, content: "ok" }));
    const content = [...results, { type: "text", text: "more" }];
    return { ...head, messages: [start, ...history, { role: "user", content }] };
  }
  const results = calls.map(({ id }) => ({ role: "tool", tool_call_id: id, content: "ok" }));
  return { ...head, messages: [start, ...history, ...results, more] };
}

/** What the client holds after the answer: read from the stream, or from the whole. */
function readings(client: Protocol, sealed: readonly ChatEvent[]): object[][] {
  const stream = encodeEvents(client, sealed);
  const whole = historyOf(client, fold(sealed));
  if (client.name === "gemini") return [contentsOf(stream), whole];
  if (client.name === "openai-responses") return [itemsOf(stream), whole];
  return [historyOf(client, fold(decodeText(client, stream))), whole];
}

/** The bodies that an upstream is sent when a client goes on after this recorded answer. */
function continued(client: Protocol, recording: Recording, model: string, at = origin): Array<Record<string, unknown>> {
  const sealed = sealAll(decodePieces(recording.protocol, [recording.bytes], { profile: recording.profile }));
  return readings(client, sealed).map((history) => {
    const next = nextRequest(client, fold(sealed), history);
    const request = client.decodeRequest(JSON.parse(JSON.stringify(next)));
    return encodeFor(recording.protocol, recording.profile, model, request, { origin: at }).body;
  });
}

/** The assistant messages among them. */
function replayed(client: Protocol, recording: Recording, model: string, at = origin): Array<Record<string, unknown>> {
  return continued(client, recording, model, at).map((body) => {
    const messages = body.messages as Array<Record<string, unknown>>;
    return messages.find((message) => message.role === "assistant") ?? {};
  });
}

const openaiTools = loadRecording("openai-responses", "openai-reasoning-tools");

describe.each(protocols)("through a client of $name", (client) => {
  test.each([
    [
      "anthropic-parallel-tools",
      "claude-opus-4-5",
      [["thinking", 'Two “files”:\n{"a"} \\ and b.', "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pk="]],
    ],
    [
      "anthropic-redacted",
      "claude-opus-4-8",
      [
        ["redacted_thinking", "EmwKAhgBEgy3va3pzix/LafPsn4aDFIT2Xlxh0L5L8rLVyIwxtE3rAFBa8cr3qpP"],
        ["thinking", "", "EosnCkYICxIMMb3LzNrMu"],
      ],
    ],
  ])(
    "signed, redacted and empty thoughts of %s return to Anthropic byte for byte (maximhq/bifrost#6342, BerriAI/litellm#38809, T12)",
    (name, model, thoughts) => {
      for (const { content } of replayed(client, loadRecording("anthropic-messages", name), model)) {
        const blocks = (content as Array<Record<string, string>>).slice(0, thoughts.length);
        expect(
          blocks.map((block) => [
            block.type,
            block.data ?? block.thinking,
            ...(block.signature === undefined ? [] : [block.signature]),
          ]),
        ).toEqual(thoughts);
        // In front of everything else, and nothing between them.
        expect(
          (content as Array<Record<string, string>>)
            .slice(thoughts.length)
            .some((block) => block.type?.includes("thinking")),
        ).toBe(false);
      }
    },
  );

  test.each([
    [
      "openai-chat",
      "moonshot-tools",
      "kimi-k2-thinking",
      "reasoning_content",
      "The user wants \nhello.txt – “créé” 🚀.",
    ],
    ["openai-chat", "deepseek", "deepseek-v4-pro", "reasoning_content", "Add them."],
    ["openai-chat", "zai", "glm-4.7", "reasoning_content", "Let me look."],
    ["openai-chat", "openrouter", "anthropic/claude-sonnet-4.5", "reasoning", "First think."],
    ["openai-chat", "vllm", "m", "reasoning_content", undefined],
  ] as const)(
    "the thought of %s %s returns to %s byte for byte, where it is wanted (musistudio/claude-code-router#1400, T3)",
    (protocol, name, model, field, thought) => {
      for (const message of replayed(client, loadRecording(protocol, name), model))
        expect(message[field]).toBe(thought);
    },
  );

  test("a native signature at OpenRouter returns with its thought (T12)", () => {
    for (const message of replayed(client, loadRecording("openai-chat", "openrouter"), "anthropic/claude-sonnet-4.5")) {
      expect(message.reasoning_details).toEqual([
        {
          type: "reasoning.text",
          text: "First think.",
          format: "anthropic-claude-v1",
          index: 0,
          signature: "EqoBCkgIARABGAIiQL==",
        },
      ]);
    }
  });

  test.each([
    ["moonshot-tools", "kimi-k2-thinking", "The user wants a file – “创建”.", ""],
    ["deepseek-thinking", "deepseek-v4-pro", "Add them.", "930c60df-bf64-41c9-a88e-3ec75f81e00e"],
    ["zai-tools", "glm-4.7", "Look.", "7c9e6679f742"],
  ])(
    "the thought of the Messages endpoint %s returns with what it was signed with (T3)",
    (name, model, thinking, signature) => {
      for (const { content } of replayed(client, loadRecording("anthropic-messages", name), model)) {
        expect((content as object[])[0]).toEqual({ type: "thinking", thinking, signature });
      }
    },
  );

  test.each(["anthropic-parallel-tools", "anthropic-redacted"])(
    "after a change of model the thoughts of %s stay behind, and so do their signatures (T15)",
    (name) => {
      const recording = loadRecording("anthropic-messages", name);
      for (const { content } of replayed(client, recording, "claude-opus-4-8", "anthropic/another-model")) {
        expect(JSON.stringify(content)).not.toMatch(/thinking|signature|or1\./);
      }
    },
  );

  test.each([
    [
      "google-thinking-tools",
      "gemini-3-pro-preview",
      [
        { text: "**Reading**\n\nTwo files – “a” and b.\n", thought: true },
        {
          functionCall: { name: "read_file", args: { path: "ä.txt", lines: [1, 2] }, id: "fc_8174312990" },
          thoughtSignature: "EqQBCgIYAhIM1gbcDa9GJwZA2b3h+/gxBdjrkzLoky3dl1pk=",
        },
        // Of calls made at once only the first is signed.
        { functionCall: { name: "read_file", args: { path: "b.txt" }, id: "fc_8174312991" } },
      ],
    ],
    [
      "google-signature-after-text",
      "gemini-3-pro-preview",
      [
        { text: "Think.", thought: true },
        { text: "The answer is 42." },
        { text: "", thoughtSignature: "CiQB0e2Kb/AfterText==" },
      ],
    ],
  ])(
    "signatures of %s return to Google on the parts they came on (maximhq/bifrost#1149, diegosouzapw/OmniRoute#8943, router-for-me/CLIProxyAPI#2360, T12)",
    (name, model, parts) => {
      for (const { contents } of continued(client, loadRecording("gemini", name), model)) {
        const turn = (contents as Array<{ role: string; parts: object[] }>).find(({ role }) => role === "model");
        const said = turn?.parts ?? [];
        // A message of Anthropic's may not end with a thought, and Google does not demand the signature of a text.
        const withoutEnd = name === "google-signature-after-text" && client.name === "anthropic-messages";
        expect(said).toEqual(withoutEnd ? parts.slice(0, 2) : parts);
      }
    },
  );

  test("after a change of model calls go to Gemini 3 with the word for a signature that is gone (T15)", () => {
    const recording = loadRecording("gemini", "google-thinking-tools");
    for (const { contents } of continued(client, recording, "gemini-3-pro-preview", "google/another-model")) {
      const sent = JSON.stringify(contents);
      expect(sent.match(/"thoughtSignature":"[^"]*"/g)).toEqual([
        '"thoughtSignature":"skip_thought_signature_validator"',
      ]);
      expect(sent).not.toMatch(/"thought":true|or1|Reading/);
    }
  });

  test("reasoning items return to OpenAI as they were, in front of what they belong to (BerriAI/litellm#36197, T13)", () => {
    for (const { input, store, include } of continued(client, openaiTools, "gpt-5.2")) {
      expect((input as object[]).slice(1, 4)).toEqual([
        {
          type: "reasoning",
          id: "rs_0a1b01",
          summary: [
            { type: "summary_text", text: "**Looking** at – “both” files" },
            { type: "summary_text", text: "Then answer. 🚀" },
          ],
          encrypted_content: "gAAAAABpK3xv_R-Zq0w7==",
        },
        { type: "function_call", call_id: "call_A7bK2mQz81", name: "read", arguments: '{"path":"a.txt"}' },
        expect.objectContaining({ type: "function_call", call_id: "call_B7bK2mQz81", name: "read" }),
      ]);
      expect([store, include]).toEqual([false, ["reasoning.encrypted_content"]]);
    }
  });

  test("another credential or model is sent neither encrypted thoughts nor their text (openai/codex#9045, BerriAI/litellm#26916, T13, T14)", () => {
    for (const { input } of continued(client, openaiTools, "gpt-5.2", "openai-responses:openai/gpt-5.2#other")) {
      expect(JSON.stringify(input)).not.toMatch(/reasoning|encrypted|gAAAA|or1\.|Looking|Then answer/);
      expect((input as object[])[1]).toMatchObject({ type: "function_call", call_id: "call_A7bK2mQz81" });
    }
  });

  test("thoughts of an open model return as what they were (T13)", () => {
    const recording = loadRecording("openai-responses", "generic-open-thoughts");
    for (const { input } of continued(client, recording, "gpt-oss-120b")) {
      expect((input as object[])[1]).toEqual({
        type: "reasoning",
        id: "rs_v1",
        summary: [],
        content: [{ type: "reasoning_text", text: "We need to call." }],
      });
    }
  });
});

test("a thought without a summary returns with its item, and so do free-text calls, namespaces and phases (T13)", () => {
  const recording = loadRecording("openai-responses", "openai-custom-tools");
  for (const { input } of continued(protocolFor("openai-responses"), recording, "gpt-5.5")) {
    expect((input as object[]).slice(1, 5)).toEqual([
      { type: "reasoning", id: "rs_0d01", summary: [], encrypted_content: "gAAAAABquiet_Zq0w7==" },
      {
        type: "message",
        role: "assistant",
        phase: "commentary",
        content: [{ type: "output_text", text: "I patch it." }],
      },
      {
        type: "custom_tool_call",
        call_id: "call_C7bK2mQz81",
        name: "apply_patch",
        input: '*** Begin Patch\n*** Add File: a\n+"é"\n*** End Patch\n',
      },
      {
        type: "function_call",
        call_id: "call_D7bK2mQz81",
        namespace: "multi_agent_v1",
        name: "spawn",
        arguments: "{}",
      },
    ]);
  }
});
