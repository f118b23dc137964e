import type { CallPart, TurnPart } from "../agent/conversation.ts";
import type { Leak, LeakMarkup } from "./fault.ts";

/** Tells the calls as the raw markup that a vendor lets through when its parser misses them. */
export function leakMarkup(parts: TurnPart[], { markup, place }: Leak, callIds: string[]): TurnPart[] {
  const calls = parts.filter((part) => part.type === "call");
  const rest = parts.filter((part) => part.type !== "call");
  const text = writers[markup](calls, callIds);
  if (place === "reasoning") {
    const thought = rest.find((part) => part.type === "reasoning")?.text ?? "";
    return [{ type: "reasoning", text: thought + text }];
  }
  const shown = place === "cut" ? text.slice(0, Math.floor(text.length * 0.7)) : text;
  return [...rest, { type: "text", text: shown }];
}

type Writer = (calls: CallPart[], callIds: string[]) => string;

const writers: Record<LeakMarkup, Writer> = {
  // MoonshotAI/Kimi-K2#89, vllm-project/vllm#31207
  kimi: (calls, callIds) => {
    const bodies = calls.map(
      (call, index) =>
        `<|tool_call_begin|>${kimiId(call, index, callIds)}<|tool_call_argument_begin|>${call.argumentsText}<|tool_call_end|>`,
    );
    return `<|tool_calls_section_begin|>${bodies.join("")}<|tool_calls_section_end|>`;
  },
  // can1357/oh-my-pi#8495; only the brackets are known for certain.
  k3: (calls) => calls.map((call) => `<|open|>${call.name}<|sep|>${JSON.stringify(call.input)}<|close|>`).join(""),
  // The chat template of GLM-4.5 and later: texts bare, everything else as JSON.
  glm: (calls) =>
    calls
      .map((call) => {
        const fields = Object.entries(call.input).map(
          ([key, value]) => `<arg_key>${key}</arg_key>\n<arg_value>${bare(value)}</arg_value>\n`,
        );
        return `<tool_call>${call.name}\n${fields.join("")}</tool_call>`;
      })
      .join("\n"),
  // The chat template of DeepSeek V3 and R1.
  deepseek: (calls) =>
    deepseekSection(
      calls.map((call) => `function<｜tool▁sep｜>${call.name}\n\`\`\`json\n${call.argumentsText}\n\`\`\``),
    ),
  "deepseek-v3.1": (calls) => deepseekSection(calls.map((call) => `${call.name}<｜tool▁sep｜>${call.argumentsText}`)),
  // DeepSeek V3.2; V4 has another word for the section (sgl-project/sglang#40236).
  dsml: (calls) => dsmlSection("function_calls", calls),
  "dsml-v4": (calls) => dsmlSection("tool_calls", calls),
};

function kimiId(call: CallPart, index: number, callIds: string[]): string {
  const id = callIds[index] ?? "";
  return id.startsWith("functions.") ? id : `functions.${call.name}:${index}`;
}

function deepseekSection(bodies: string[]): string {
  const calls = bodies.map((body) => `<｜tool▁call▁begin｜>${body}<｜tool▁call▁end｜>`);
  return `<｜tool▁calls▁begin｜>${calls.join("\n")}<｜tool▁calls▁end｜>`;
}

function dsmlSection(word: string, calls: CallPart[]): string {
  const invokes = calls.map((call) => {
    const parameters = Object.entries(call.input).map(
      ([key, value]) =>
        `<｜DSML｜parameter name="${key}" string="${typeof value === "string"}">${bare(value)}</｜DSML｜parameter>\n`,
    );
    return `<｜DSML｜invoke name="${call.name}">\n${parameters.join("")}</｜DSML｜invoke>\n`;
  });
  return `<｜DSML｜${word}>\n${invokes.join("")}</｜DSML｜${word}>`;
}

function bare(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
