import type { ChatError, EmitEvent, Message, OutputFormat, Receipt } from "@onerouter/protocols";
import { holdOutput } from "../healing/hold-output.ts";
import type { Generation } from "./generation.ts";

/** The longest wrong answer that the model is shown again, in characters. */
const longestShown = 20_000;

/**
 * The form of an answer that the encoder could only ask the model for, by its own receipt: then the gateway sees to it that
 * the answer has it.
 */
export function formToSee({ entries }: Receipt, format: OutputFormat | undefined): OutputFormat | undefined {
  return entries.some(({ field, action }) => field === "response_format" && action === "emulated") ? format : undefined;
}

/** In front of the client: an answer that is not in the form asked for is mended, or found to be of no use. */
export function judgeOutput(
  generation: Generation,
  onHopeless: (error: ChatError) => void,
  emit: EmitEvent,
): EmitEvent {
  const { emulation, context, receipt, continuation } = generation;
  const format = emulation.output;
  if (format === undefined) return emit;
  return holdOutput(
    {
      format,
      compiler: context.schemaCompiler,
      onMended: () =>
        receipt.note("repaired", "answer.text", "JSON was taken out of the text around it, or spelt right"),
      onInvalid(text, reason) {
        continuation.correction = correct(text, reason);
        onHopeless({
          code: "upstream_invalid_response",
          message: `the model's answer is not the JSON that was asked for: ${reason}`,
        });
      },
    },
    emit,
  );
}

/** What is told to the model behind its conversation, so that it does better. */
function correct(text: string, reason: string): Message[] {
  const words = `That was not the JSON that was asked for: ${reason}. Answer again, with the JSON and nothing else.`;
  const said: Message[] =
    text.trim() === ""
      ? []
      : [{ role: "assistant", content: [{ type: "text", text: text.slice(0, longestShown).toWellFormed() }] }];
  return [...said, { role: "user", content: [{ type: "text", text: words }] }];
}
