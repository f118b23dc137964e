import { planTurn } from "../agent/plan-turn.ts";
import type { Turn } from "../agent/conversation.ts";
import { invalidRequest } from "../answer.ts";
import type { Answer, WireEvent } from "../answer.ts";
import { estimateTokens } from "../estimate-tokens.ts";
import type { Exchange } from "../exchange.ts";
import { garbleTurn } from "../faults/garble-turn.ts";
import { layOutTurn } from "../faults/lay-out-turn.ts";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { drawId } from "../random-source.ts";

const fields =
  "model prompt best_of echo frequency_penalty logit_bias logprobs max_tokens n presence_penalty seed stop stream stream_options suffix temperature top_p user".split(
    " ",
  );

/** Answers POST /completions, OpenAI's protocol from before chats (platform.openai.com/docs/api-reference/completions). */
export function answerCompletions(exchange: Exchange): Answer {
  const { body, model, fault, record } = exchange;
  if (exchange.strictness.strict) check(body);
  const prompts = typeof body.prompt === "string" ? [body.prompt] : asArray(body.prompt).map(String);
  record.promptTokens = estimateTokens(prompts.join(""));
  const turns = prompts.map((prompt) => {
    const limits = {
      maxTokens: typeof body.max_tokens === "number" ? body.max_tokens : 16,
      stop: (typeof body.stop === "string" ? [body.stop] : asArray(body.stop)).map(String),
    };
    const messages = [{ role: "user" as const, texts: [prompt], calls: [], results: [] }];
    const conversation = {
      model,
      messages,
      tools: [],
      toolChoice: { type: "none" as const },
      thinks: false,
      ...limits,
    };
    return garbleTurn(planTurn(conversation, exchange.seed), fault, []);
  });
  const head = {
    id: `cmpl-${drawId(exchange.draw, 24)}`,
    object: "text_completion",
    created: Math.floor(exchange.now / 1000),
    model,
  };
  const choose = (index: number, text: string, finish: string | null) => ({
    index,
    text,
    logprobs: null,
    finish_reason: finish,
  });
  const finishOf = (at: number) => fault.finish ?? turns[at]?.finish ?? "stop";
  const texts = turns.map((turn, at) => (body.echo === true ? (prompts[at] ?? "") : "") + textOf(turn));
  const completion = texts.reduce((sum, text) => sum + estimateTokens(text), 0);
  const usage = {
    prompt_tokens: record.promptTokens,
    completion_tokens: completion,
    total_tokens: record.promptTokens + completion,
  };
  const whole = {
    ...head,
    choices: texts.map((text, at) => choose(at, text, finishOf(at))),
    ...(fault.usage === "missing" ? {} : { usage }),
  };
  if (body.stream !== true) return { kind: "json", status: 200, body: whole };

  const events: WireEvent[] = [];
  const send = (chunk: JsonObject, content = false) =>
    events.push({ data: JSON.stringify({ ...head, ...chunk }), content });
  for (const [at, turn] of turns.entries()) {
    for (const stroke of layOutTurn(turn, fault)) {
      if (stroke.type === "grow") send({ choices: [choose(at, stroke.text, null)] }, true);
    }
    send({ choices: [choose(at, "", finishOf(at))] });
  }
  const includeUsage = asObject(body.stream_options).include_usage === true && fault.usage !== "missing";
  if (includeUsage) send({ choices: [], usage });
  events.push({ data: "[DONE]", content: false });
  return { kind: "stream", events, whole };
}

function textOf({ parts }: Turn): string {
  return parts.map((part) => (part.type === "text" ? part.text : "")).join("");
}

function check(body: JsonObject): void {
  const unknown = Object.keys(body).find((field) => !fields.includes(field));
  if (unknown) throw invalidRequest(`Unrecognized request argument supplied: ${unknown}`);
  const { prompt } = body;
  const isText = typeof prompt === "string" || (Array.isArray(prompt) && prompt.length > 0);
  if (!isText) throw invalidRequest("Missing required parameter: 'prompt'.", "prompt", "missing_required_parameter");
  if (body.n !== undefined && body.n !== null && body.n !== 1) {
    throw invalidRequest("Invalid 'n': only 1 is supported.", "n");
  }
}
