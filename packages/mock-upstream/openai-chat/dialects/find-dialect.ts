import { deepseekDialect } from "./deepseek.ts";
import type { ChatDialect } from "./dialect.ts";
import { genericDialect, openAiDialect } from "./generic.ts";
import { moonshotDialect } from "./moonshot.ts";
import { zaiDialect } from "./zai.ts";

const dialects = [genericDialect, openAiDialect, moonshotDialect, deepseekDialect, zaiDialect];

/** The chat dialect of that name; generic when there is none. */
export function findChatDialect(name: string): ChatDialect {
  return dialects.find((dialect) => dialect.name === name) ?? genericDialect;
}
