import { anthropic } from "./anthropic.ts";
import { deepseek } from "./deepseek.ts";
import { generic } from "./generic.ts";
import { google } from "./google.ts";
import { moonshot } from "./moonshot.ts";
import { openai } from "./openai.ts";
import { openrouter } from "./openrouter.ts";
import type { VendorProfile } from "./profile.ts";
import { zai } from "./zai.ts";

/** Every profile by its name. A provider without one is `generic`. */
export const vendorProfiles: Readonly<Record<string, VendorProfile>> = {
  generic,
  anthropic,
  deepseek,
  google,
  moonshot,
  openai,
  openrouter,
  zai,
};
