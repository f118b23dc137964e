import { isObject, type WireObject } from "../wire/json-object.ts";

/**
 * A call's arguments as the object that Messages wants; no text means no arguments. What does not parse is handed on as it
 * came, under one name.
 */
export function parseInput(text: string, onRepair: () => void = () => {}): WireObject {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // What a model wrote earlier cannot be refused now.
  }
  onRepair();
  return { arguments: text };
}
