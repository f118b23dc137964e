import { noUsage, type BlockStart, type ChatEvent, type ChatRequest, type ProtocolName } from "@onerouter/protocols";
import { protocolFor } from "@onerouter/protocols/protocols";
import {
  sendJson,
  startEventStream,
  startScriptedUpstream,
  type ScriptedUpstream,
  type SeenRequest,
} from "./scripted-upstream.ts";

/** An answer of a model, in the order of its parts. */
export interface ScriptedAnswer {
  thought?: string;
  text?: string;
  calls?: ReadonlyArray<{ name: string; arguments: string }>;
  /** A text behind the calls. */
  last?: string;
}

/** How a model goes on with its text when it is told to. */
export type Manner = "repeats" | "anew" | "exactly";

/** How an upstream dies. */
export type Death = "cut" | "clean-end" | "error-event" | "silence";

/** What happens to one request, which names it in its prompt. */
export interface Script {
  answer: ScriptedAnswer;
  /** After how many events each attempt dies; those after the last live. */
  deaths: readonly number[];
  how: Death;
  manner: Manner;
  /** What the second attempt says instead of the rest. */
  retold?: string;
}

export interface DyingUpstreams {
  /** Of two providers of each protocol that behave the same: what kills one is the request, not where it goes. */
  url(protocol: ProtocolName): string;
  /** A prompt whose request goes as the script says. */
  promptFor(script: Script): string;
  /** The requests with this prompt, as the model read them. */
  asked(prompt: string): ChatRequest[];
  /** Events of the whole answer in this protocol. */
  countEvents(protocol: ProtocolName, answer: ScriptedAnswer): number;
  close(): Promise<void>;
}

const mark = /script-\d+-/;

/** Upstreams of every protocol that die when they are told to, and go on as a model does when they are asked to. */
export async function startDyingUpstreams(): Promise<DyingUpstreams> {
  const scripts = new Map<string, { script: Script; asked: ChatRequest[] }>();
  const upstream: ScriptedUpstream = await startScriptedUpstream((response, request) => {
    const protocol = protocolOf(request);
    const entry = scripts.get(mark.exec(request.text)?.[0] ?? "");
    if (entry === undefined) {
      sendJson(response, 400, { error: { message: `no script: ${request.text.slice(0, 300)}` } });
      return;
    }
    const asked = decode(protocol, request);
    const death = entry.script.deaths[entry.asked.length];
    entry.asked.push(asked);
    startEventStream(response);
    const events = write(
      protocol,
      entry.script.retold !== undefined && entry.asked.length === 2
        ? { text: entry.script.retold }
        : goOn(entry.script, asked),
    );
    if (death === undefined || death >= events.length) {
      response.end(events.join(""));
      return;
    }
    const sent = events.slice(0, death).join("");
    const die = (): void => {
      if (entry.script.how === "cut") response.socket?.destroy();
      else if (entry.script.how === "clean-end") response.end();
      else if (entry.script.how === "error-event") response.end(errorEvent(protocol));
    };
    if (sent === "") die();
    else response.write(sent, die);
  });
  return {
    url: (protocol) => `${upstream.url}/${protocol}/${protocol === "gemini" ? "v1beta" : "v1"}`,
    promptFor(script) {
      const name = `script-${scripts.size}-`;
      scripts.set(name, { script, asked: [] });
      return name;
    },
    asked: (prompt) => scripts.get(prompt)?.asked ?? [],
    countEvents: (protocol, answer) => write(protocol, answer).length,
    close: () => upstream.close(),
  };
}

function protocolOf({ path }: SeenRequest): ProtocolName {
  return (path.split("/")[1] ?? "") as ProtocolName;
}

function decode(protocol: ProtocolName, { body, path }: SeenRequest): ChatRequest {
  const model = /models\/([^:]+):/.exec(path)?.[1];
  return protocolFor(protocol).decodeRequest(body, model === undefined ? undefined : { model, stream: true });
}

function textOf(message: ChatRequest["messages"][number] | undefined): string {
  return (message?.content ?? []).map((part) => (part.type === "text" ? part.text : "")).join("");
}

/** What is left to say of the answer, by the conversation. */
function goOn({ answer, manner }: Script, { messages }: ChatRequest): ScriptedAnswer {
  const last = messages.at(-1);
  if (last?.role === "assistant") return { ...withoutThought(answer), text: restOf(answer, textOf(last), "exactly") };
  const isAsked = textOf(last).includes("</end>");
  return isAsked ? { ...answer, text: restOf(answer, textOf(messages.at(-2)), manner) } : answer;
}

function withoutThought({ thought: _thought, ...rest }: ScriptedAnswer): ScriptedAnswer {
  return rest;
}

function restOf({ text = "" }: ScriptedAnswer, said: string, manner: Manner): string {
  if (!text.startsWith(said)) throw new Error(`was told what was never said: ${JSON.stringify(said)}`);
  if (manner === "anew") return text;
  const rest = text.slice(said.length);
  if (manner === "exactly") return rest;
  return said.slice(-60) + rest;
}

/** The answer as a server of this protocol streams it. */
function write(protocol: ProtocolName, answer: ScriptedAnswer): string[] {
  const encoder = protocolFor(protocol).createStreamEncoder({
    requestedModel: "upstream-model",
    id: "abcdefghijklmnop",
    created: 1,
    includeUsage: true,
  });
  const bytes = [...eventsOf(answer)].map((event) => encoder.encode(event)).join("");
  return bytes.split(/(?<=\n\n)/);
}

function* eventsOf({ thought, text, calls = [], last }: ScriptedAnswer): Generator<ChatEvent> {
  const usage = { ...noUsage, inputTokens: 100 };
  let index = 0;
  const block = function* (start: BlockStart, whole: string): Generator<ChatEvent> {
    yield { type: "block-start", index, block: start };
    for (const piece of whole.match(/\S*\s*\S*\s*\S*\s*/g) ?? []) {
      if (piece !== "") yield { type: "block-delta", index, text: piece };
    }
    yield { type: "block-stop", index, ...(start.type === "reasoning" ? { signature: "c2lnbmVk" } : {}) };
    index += 1;
  };
  yield { type: "start", id: "a", model: "upstream-model", usage };
  if (thought !== undefined) yield* block({ type: "reasoning" }, thought);
  if (text !== undefined && text !== "") yield* block({ type: "text" }, text);
  for (const [at, call] of calls.entries()) {
    yield* block({ type: "tool-call", id: `call_${at}abcdefgh`, name: call.name }, call.arguments);
  }
  if (last !== undefined) yield* block({ type: "text" }, last);
  yield {
    type: "finish",
    reason: calls.length > 0 ? "tool-calls" : "stop",
    usage: { ...usage, outputTokens: 40 },
  };
}

function errorEvent(protocol: ProtocolName): string {
  const encoder = protocolFor(protocol).createStreamEncoder({
    requestedModel: "m",
    id: "abcdefghijklmnop",
    created: 1,
  });
  return encoder.encode({ type: "error", error: { code: "upstream_overloaded", message: "Overloaded" } });
}
