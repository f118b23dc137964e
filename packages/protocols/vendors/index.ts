import { anthropic } from "./anthropic.ts";
import { deepseek } from "./deepseek.ts";
import { generic } from "./generic.ts";
import { fireworks } from "./fireworks.ts";
import { google } from "./google.ts";
import { groq } from "./groq.ts";
import { llamacpp } from "./llamacpp.ts";
import { minimax } from "./minimax.ts";
import { mistral } from "./mistral.ts";
import { moonshot } from "./moonshot.ts";
import { ollama } from "./ollama.ts";
import { openai } from "./openai.ts";
import { openrouter } from "./openrouter.ts";
import type { VendorProfile } from "./profile.ts";
import { qwen } from "./qwen.ts";
import { together } from "./together.ts";
import { vllm } from "./vllm.ts";
import { xai } from "./xai.ts";
import { zai } from "./zai.ts";

/** Every profile by its name. A provider without one is `generic`. */
export const vendorProfiles: Readonly<Record<string, VendorProfile>> = {
  generic,
  anthropic,
  deepseek,
  fireworks,
  google,
  groq,
  llamacpp,
  // Its own spelling.
  "llama.cpp": llamacpp,
  minimax,
  mistral,
  moonshot,
  ollama,
  openai,
  openrouter,
  qwen,
  together,
  vllm,
  xai,
  zai,
};
