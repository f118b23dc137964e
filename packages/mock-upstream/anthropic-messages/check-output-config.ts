import { invalidRequest } from "../answer.ts";
import { asObject } from "../json-object.ts";
import { findGrammarFault } from "./find-grammar-fault.ts";
import { isNewGeneration, knowsAdaptive } from "./profile.ts";
import { fieldRequired, refuseExtra } from "./refuse.ts";

const efforts = ["low", "medium", "high", "xhigh", "max"];

/** Efforts by model, and schemas (platform.claude.com/docs/en/build-with-claude/effort, .../structured-outputs). */
export function checkOutputConfig(config: unknown, model: string): void {
  if (config === undefined || config === null) return;
  const { effort, format } = asObject(config);
  refuseExtra(asObject(config), ["effort", "format", "task_budget"], "output_config");
  if (effort !== undefined) checkEffort(String(effort), model);
  if (format !== undefined && format !== null) checkFormat(format);
}

function checkEffort(effort: string, model: string): void {
  if (!efforts.includes(effort)) {
    throw invalidRequest("output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'");
  }
  if (!model.startsWith("claude-")) return;
  if (!knowsAdaptive(model) && !model.startsWith("claude-opus-4-5")) {
    throw invalidRequest("This model does not support the effort parameter.");
  }
  const isTooMuch = (effort === "max" && !knowsAdaptive(model)) || (effort === "xhigh" && !isNewGeneration(model));
  if (isTooMuch) throw invalidRequest(`output_config.effort '${effort}' is not supported on this model.`);
}

function checkFormat(format: unknown): void {
  const { type, schema } = asObject(format);
  if (type !== "json_schema") throw invalidRequest("output_config.format.type: Input should be 'json_schema'");
  refuseExtra(asObject(format), ["type", "schema"], "output_config.format");
  if (schema === undefined) throw fieldRequired("output_config.format.schema");
  const fault = findGrammarFault(asObject(schema));
  if (fault !== undefined) throw invalidRequest(`output_config.format.schema: ${fault}`);
}
