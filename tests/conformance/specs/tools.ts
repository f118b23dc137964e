import type { ToolUnderTest } from "../sdks/sdk.ts";

/** A tool that notes what it was called with. */
export function recordValue(recorded: unknown[] = []): ToolUnderTest {
  return {
    name: "record_value",
    description: "Records a value.",
    parameters: {
      type: "object",
      properties: { value: { type: "string" } },
      required: ["value"],
      additionalProperties: false,
    },
    run(input) {
      recorded.push(input.value);
      return `recorded ${String(input.value)}`;
    },
  };
}
