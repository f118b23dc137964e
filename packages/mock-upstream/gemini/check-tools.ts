import { asArray, asObject, isObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { checkSchema } from "./check-schema.ts";
import { invalidArgument, invalidValue, refuseUnknown } from "./refuse.ts";

const hostedTools =
  "googleSearch googleSearchRetrieval codeExecution urlContext computerUse fileSearch googleMaps mcpServers".split(" ");
const declarationFields = "name description behavior parameters parametersJsonSchema response responseJsonSchema".split(
  " ",
);
const maxDeclarations = 512;

/** Google's rules about tools and toolConfig (ai.google.dev/api/caching#Tool). */
export function checkGeminiTools(body: JsonObject): void {
  const { tools } = body;
  if (tools !== undefined && !Array.isArray(tools)) throw invalidValue("tools", "Tool", tools);
  const names = new Set<string>();
  let count = 0;
  for (const [at, raw] of asArray(tools).entries()) {
    const tool = asObject(raw);
    refuseUnknown(tool, ["functionDeclarations", ...hostedTools], `tools[${at}]`);
    for (const [index, declaration] of asArray(tool.functionDeclarations).entries()) {
      checkDeclaration(asObject(declaration), at, index, names);
      count += 1;
    }
  }
  if (count > maxDeclarations) {
    throw invalidArgument(
      `The GenerateContentRequest contains too many function declarations: ${count}, the maximum is ${maxDeclarations}.`,
    );
  }
  checkMixture(body, count);
  checkToolConfig(body.toolConfig, names);
}

function checkDeclaration(declaration: JsonObject, tool: number, at: number, names: Set<string>): void {
  const json = `tools[${tool}].function_declarations[${at}]`;
  refuseUnknown(declaration, declarationFields, json);
  const { name, parameters, parametersJsonSchema } = declaration;
  if (typeof name !== "string" || !/^[a-zA-Z_][\w.:-]{0,127}$/.test(name)) {
    throw invalidArgument(
      `* GenerateContentRequest.${json}.name: Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128.\n`,
    );
  }
  if (names.has(name)) throw invalidArgument(`Duplicate function declaration found: ${name}`);
  names.add(name);
  if (parameters !== undefined && parametersJsonSchema !== undefined) {
    throw invalidArgument(
      `* GenerateContentRequest.${json}: parameters and parameters_json_schema are mutually exclusive.\n`,
    );
  }
  if (parameters !== undefined) checkSchema(parameters, `${json}.parameters`, `${json}.parameters`);
  if (parametersJsonSchema !== undefined && !isObject(parametersJsonSchema)) {
    throw invalidArgument(`* GenerateContentRequest.${json}.parameters_json_schema: must be a JSON object\n`);
  }
}

// "Built-in tools with Function calling" are a preview of Gemini 3 that has to be switched on.
function checkMixture(body: JsonObject, declarations: number): void {
  const hosted = asArray(body.tools).some((tool) => hostedTools.some((name) => asObject(tool)[name] !== undefined));
  if (!hosted || declarations === 0 || asObject(body.toolConfig).includeServerSideToolInvocations === true) return;
  throw invalidArgument(
    "Please enable tool_config.include_server_side_tool_invocations to use Built-in tools with Function calling.",
  );
}

function checkToolConfig(toolConfig: unknown, names: Set<string>): void {
  if (toolConfig === undefined) return;
  refuseUnknown(
    asObject(toolConfig),
    ["functionCallingConfig", "retrievalConfig", "includeServerSideToolInvocations"],
    "tool_config",
  );
  const config = asObject(toolConfig).functionCallingConfig;
  if (config === undefined) return;
  const path = "tool_config.function_calling_config";
  refuseUnknown(asObject(config), ["mode", "allowedFunctionNames", "streamFunctionCallArguments"], path);
  const { mode, allowedFunctionNames: allowed } = asObject(config);
  if (mode !== undefined && !["MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"].includes(String(mode))) {
    throw invalidValue(`${path}.mode`, "FunctionCallingConfig.Mode", mode);
  }
  if (names.size === 0 && mode !== undefined && mode !== "NONE") {
    throw invalidArgument("Function calling config is set without function_declarations.");
  }
  if (asArray(allowed).length === 0) return;
  if (mode !== "ANY" && mode !== "VALIDATED") {
    throw invalidArgument("allowed_function_names should be set only when function calling mode is ANY or VALIDATED.");
  }
  for (const name of asArray(allowed)) {
    if (names.has(String(name))) continue;
    throw invalidArgument(
      `allowed_function_names contains '${String(name)}', which is not among the function declarations.`,
    );
  }
}
