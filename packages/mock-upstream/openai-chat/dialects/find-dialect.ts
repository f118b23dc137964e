import { deepseekDialect } from "./deepseek.ts";
import type { ChatDialect } from "./dialect.ts";
import { fireworksDialect } from "./fireworks.ts";
import { genericDialect } from "./generic.ts";
import { groqDialect } from "./groq.ts";
import { minimaxDialect } from "./minimax.ts";
import { mistralDialect } from "./mistral.ts";
import { moonshotDialect } from "./moonshot.ts";
import { openAiDialect } from "./openai.ts";
import { openrouterDialect } from "./openrouter.ts";
import { llamacppDialect, ollamaDialect, vllmDialect } from "./own-servers.ts";
import { qwenDialect } from "./qwen.ts";
import { togetherDialect } from "./together.ts";
import { xaiDialect } from "./xai.ts";
import { zaiDialect } from "./zai.ts";

const dialects = [
  moonshotDialect,
  deepseekDialect,
  zaiDialect,
  openAiDialect,
  mistralDialect,
  groqDialect,
  xaiDialect,
  minimaxDialect,
  qwenDialect,
  togetherDialect,
  fireworksDialect,
  openrouterDialect,
  vllmDialect,
  ollamaDialect,
  llamacppDialect,
];

/** The dialect of that name; generic when there is none. */
export function findChatDialect(name: string): ChatDialect {
  return dialects.find((dialect) => dialect.name === name) ?? genericDialect;
}
