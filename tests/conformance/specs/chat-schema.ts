import Type, { type TSchema } from "typebox";
import { Compile } from "typebox/compile";

/*
 * What OpenAI documents of the answers of POST /v1/chat/completions (https://platform.openai.com/docs/api-reference/chat),
 * as far as text models give it, and the few fields that gateways add. Closed: a field that is not here is an error.
 */

const closed = { additionalProperties: false } as const;
const text = Type.Union([Type.String(), Type.Null()]);
const count = Type.Integer({ minimum: 0 });

/** Every object has these, a chunk and a whole answer. */
const envelope = {
  id: Type.String({ minLength: 1 }),
  created: Type.Integer({ minimum: 1 }),
  model: Type.String({ minLength: 1 }),
};

/** OpenRouter's and the vendors' words for thoughts. */
const thoughts = {
  reasoning_content: Type.Optional(text),
  reasoning: Type.Optional(text),
  reasoning_details: Type.Optional(
    Type.Array(
      Type.Object(
        {
          type: Type.Enum(["reasoning.text", "reasoning.encrypted", "reasoning.summary"]),
          text: Type.Optional(Type.String()),
          data: Type.Optional(Type.String()),
          signature: Type.Optional(Type.String()),
          format: Type.Optional(Type.String()),
          index: Type.Optional(count),
        },
        closed,
      ),
    ),
  ),
};

const usage = Type.Object(
  {
    prompt_tokens: count,
    completion_tokens: count,
    total_tokens: count,
    prompt_tokens_details: Type.Optional(
      Type.Object(
        {
          cached_tokens: Type.Optional(count),
          audio_tokens: Type.Optional(count),
          cache_write_tokens: Type.Optional(count),
        },
        closed,
      ),
    ),
    completion_tokens_details: Type.Optional(
      Type.Object({ reasoning_tokens: Type.Optional(count), audio_tokens: Type.Optional(count) }, closed),
    ),
  },
  closed,
);

const finishReason = Type.Enum(["stop", "length", "tool_calls", "content_filter"]);

const completion = Type.Object(
  {
    ...envelope,
    object: Type.Literal("chat.completion"),
    system_fingerprint: text,
    choices: Type.Array(
      Type.Object(
        {
          index: Type.Literal(0),
          finish_reason: finishReason,
          logprobs: Type.Optional(Type.Null()),
          message: Type.Object(
            {
              role: Type.Literal("assistant"),
              content: text,
              refusal: Type.Optional(text),
              tool_calls: Type.Optional(
                Type.Array(
                  Type.Object(
                    {
                      id: Type.String({ minLength: 1, maxLength: 64 }),
                      type: Type.Literal("function"),
                      function: Type.Object({ name: Type.String({ minLength: 1 }), arguments: Type.String() }, closed),
                    },
                    closed,
                  ),
                  { minItems: 1 },
                ),
              ),
              ...thoughts,
            },
            closed,
          ),
        },
        closed,
      ),
      { minItems: 1, maxItems: 1 },
    ),
    usage,
  },
  closed,
);

const chunk = Type.Object(
  {
    ...envelope,
    object: Type.Literal("chat.completion.chunk"),
    system_fingerprint: Type.Optional(Type.String()),
    choices: Type.Array(
      Type.Object(
        {
          index: Type.Literal(0),
          finish_reason: Type.Union([finishReason, Type.Null()]),
          logprobs: Type.Optional(Type.Null()),
          delta: Type.Object(
            {
              role: Type.Optional(Type.Literal("assistant")),
              content: Type.Optional(text),
              refusal: Type.Optional(text),
              tool_calls: Type.Optional(
                Type.Array(
                  Type.Object(
                    {
                      index: count,
                      id: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
                      type: Type.Optional(Type.Literal("function")),
                      function: Type.Optional(
                        Type.Object(
                          {
                            name: Type.Optional(Type.String({ minLength: 1 })),
                            arguments: Type.Optional(Type.String()),
                          },
                          closed,
                        ),
                      ),
                    },
                    closed,
                  ),
                ),
              ),
              ...thoughts,
            },
            closed,
          ),
        },
        closed,
      ),
      { maxItems: 1 },
    ),
    usage: Type.Optional(Type.Union([usage, Type.Null()])),
  },
  closed,
);

const failure = Type.Object(
  {
    error: Type.Object(
      { message: Type.String({ minLength: 1 }), type: Type.String({ minLength: 1 }), param: text, code: text },
      closed,
    ),
  },
  closed,
);

/** What is wrong with an object, in words; nothing when it is as documented. */
export type Check = (value: unknown) => string[];

export const checkCompletion = createCheck(completion);
export const checkChunk = createCheck(chunk);
export const checkFailure = createCheck(failure);

function createCheck(schema: TSchema): Check {
  const validator = Compile(schema);
  return (value) =>
    validator.Check(value)
      ? []
      : validator
          .Errors(value)
          .map(({ instancePath, message }) => `${instancePath}: ${message} in ${JSON.stringify(value)}`);
}
