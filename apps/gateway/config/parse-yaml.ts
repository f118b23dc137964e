import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from "yaml";
import { ConfigError, type ConfigPath } from "./config-error.ts";

/** A YAML file as plain values, and where in it they stand. */
export interface YamlFile {
  value: unknown;
  /** The line of a key, or of the deepest part of the path that exists. */
  lineOf(path: ConfigPath): number | undefined;
}

/** @throws ConfigError for text that is not YAML. */
export function parseYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw new ConfigError(
      file,
      document.errors.map((error) => {
        return { path: "", message: `is not valid YAML: ${error.message}`, line: lines.linePos(error.pos[0]).line };
      }),
    );
  }
  return {
    value: document.toJS(),
    lineOf(path) {
      const offset = findOffset(document.contents, path);
      return offset === undefined ? undefined : lines.linePos(offset).line;
    },
  };
}

function findOffset(root: Node | null, path: ConfigPath): number | undefined {
  let node: unknown = root;
  let offset: number | undefined;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
      if (pair === undefined || !isScalar(pair.key)) break;
      offset = pair.key.range?.[0];
      node = pair.value;
    } else if (isSeq(node) && typeof key === "number") {
      node = node.items[key];
      if (isScalar(node)) offset = node.range?.[0];
    } else break;
  }
  return offset;
}
