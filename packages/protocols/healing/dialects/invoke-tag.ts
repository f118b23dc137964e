import type { CallForm, Dialect } from "../dialect.ts";
import { parameterForm } from "../parameter-form.ts";

/** How each family spells the same tags. */
interface Spelling {
  sections: readonly string[];
  prefix: string;
}

const dsml = "｜DSML｜";
const asciiDsml = "|DSML|";

const spellings: readonly Spelling[] = [
  // MiniMax-M2 (docs/tool_calling_guide.md of the model); others write function_calls around the same.
  { sections: ["minimax:tool_call", "function_calls"], prefix: "" },
  // DeepSeek V3.2 and later (`encoding_dsv32.py` of the model).
  { sections: [`${dsml}function_calls`, `${dsml}tool_calls`], prefix: dsml },
  { sections: [`${asciiDsml}function_calls`, `${asciiDsml}tool_calls`], prefix: asciiDsml },
];

function createForm(prefix: string): CallForm {
  return parameterForm({
    end: `</${prefix}invoke>`,
    open: new RegExp(
      `<${prefix.replaceAll("|", "\\|")}parameter name="(?<name>[^"]*)"(?: string="(?<type>true|false)")?>`,
    ),
    close: [`</${prefix}parameter>`],
  });
}

function createDialect({ sections, prefix }: Spelling): Dialect {
  const form = createForm(prefix);
  const call = `<${prefix}invoke name="`;
  const opens = sections.map((section) => `<${section}>`);
  return {
    name: prefix === "" ? "invoke-tag" : "dsml",
    openers: [...opens, call],
    readHead(cursor) {
      if (cursor.optional(...opens) !== undefined) cursor.space();
      cursor.literal(call);
      const name = cursor.takeName(/[^"<>\s]/);
      cursor.literal('">');
      return cursor.ok ? { name, form } : undefined;
    },
    trailers: sections.map((section) => `</${section}>`),
  };
}

/** `<invoke name="...">` with a `<parameter name="...">` for each argument. */
export const invokeTags: readonly Dialect[] = spellings.map(createDialect);
