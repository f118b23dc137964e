import type { JsonSchema } from "../model/tool.ts";
import type { Cursor } from "./cursor.ts";

/** How the arguments stand in the markup, and where they end. */
export interface CallForm {
  /** Stands behind the arguments. */
  readonly end: string;
  /** Whether these arguments, behind which `end` stands, are all: `end` may also stand within a value. */
  isWhole(body: string): boolean;
  /**
   * The arguments as JSON text. Of a body that breaks off it is JSON that breaks off.
   * @param isWhole the markup came to its end
   */
  read(body: string, schema: JsonSchema | undefined, isWhole: boolean): string;
}

/** The beginning of a call, up to its arguments. */
export interface CallHead {
  /** The tool's name as the model wrote it. */
  name: string;
  form: CallForm;
}

/** One model family's own way of writing tool calls, which its hosts should parse and sometimes let through as text. */
export interface Dialect {
  readonly name: string;
  /** Texts with which a call begins; all begin with `<`. */
  readonly openers: readonly string[];
  /** Reads from an opener on. Undefined when the cursor failed. */
  readHead(cursor: Cursor): CallHead | undefined;
  /** What may follow a call beside blanks and the next call. */
  readonly trailers: readonly string[];
}
