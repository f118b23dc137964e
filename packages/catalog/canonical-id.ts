/**
 * Gives offers of one model by many providers one public id, `author/slug`. Providers spell the same model differently:
 * `accounts/fireworks/models/kimi-k2p5`, `us.anthropic.claude-sonnet-4-5-20250929-v1:0`, `zai-org/GLM-5.2`.
 */
export interface Canonicalizer {
  /** @param author whose models the provider serves, if only its own */
  idOf(upstreamId: string, provider: string, author?: string): string;
}

/** @param known public ids that are spelt right, such as those of OpenRouter's list; the first of two alike wins */
export function createCanonicalizer(known: Iterable<string>): Canonicalizer {
  const byKey = new Map<string, string>();
  for (const id of known) {
    const key = keyOf(id);
    if (!byKey.has(key)) byKey.set(key, id);
  }
  return {
    idOf(upstreamId, provider, author) {
      const variant = /:(free|thinking|extended)$/.exec(upstreamId)?.[0] ?? "";
      const plain = upstreamId.slice(0, upstreamId.length - variant.length);
      const id = find(plain, author) ?? spell(plain, provider, author);
      return id + variant;
    },
  };

  function find(upstreamId: string, author: string | undefined): string | undefined {
    const key = keyOf(upstreamId);
    const bare = withoutDate(withoutPrecision(key));
    for (const candidate of [key, withoutDate(key), withoutPrecision(key), bare, withoutStage(bare)]) {
      const id = byKey.get(candidate);
      if (id !== undefined && (author === undefined || id.startsWith(`${author}/`))) return id;
    }
    return undefined;
  }
}

/** Two spellings of one model have the same key: no author, no path, no region, no punctuation between numbers. */
function keyOf(id: string): string {
  const slug = id.slice(id.lastIndexOf("/") + 1).toLowerCase();
  return slug
    .replace(/^(?:[a-z]{2,6}\.)?anthropic\./, "")
    .replace(/-v\d+(?::\d+)?$/, "")
    .replace(/@/, "-")
    .replaceAll(/(?<=\d)p(?=\d)/g, ".")
    .replace(/^meta-(?=llama)/, "")
    .replaceAll(/[._]/g, "-")
    .replace(/^(claude-[a-z]+-\d)-0$/, "$1");
}

function withoutDate(key: string): string {
  return key.replace(/-(?:20\d{6}|20\d{2}-\d{2}-\d{2}|latest)$/, "");
}

function withoutPrecision(key: string): string {
  return key.replace(/-(?:fp8|fp4|fp16|bf16|nvfp4|int4|int8|turbo-fp8)$/, "");
}

function withoutStage(key: string): string {
  return key.replace(/-(?:preview|instruct)(?=-|$)/, "");
}

/** Authors by the names that hosts give them. */
const authors: Readonly<Record<string, string>> = {
  "zai-org": "z-ai",
  zhipu: "z-ai",
  "deepseek-ai": "deepseek",
  minimaxai: "minimax",
  xiaomimimo: "xiaomi",
  spawnlabs: "qwen",
  "alibaba-nlp": "qwen",
  alibaba: "qwen",
  bytedance: "bytedance-seed",
  meta: "meta-llama",
  mistral: "mistralai",
  moonshot: "moonshotai",
  zai: "z-ai",
  xai: "x-ai",
};

/** Authors by the families that their models are named after. */
const families: ReadonlyArray<readonly [RegExp, string]> = [
  [/^(?:meta-)?llama/i, "meta-llama"],
  [/^qw(?:en|q)/i, "qwen"],
  [/^gem(?:ma|ini)/i, "google"],
  [/^kimi/i, "moonshotai"],
  [/^(?:glm|zai-glm)/i, "z-ai"],
  [/^deepseek/i, "deepseek"],
  [/^(?:gpt|o\d|whisper)/i, "openai"],
  [/^(?:mi[sx]tral|codestral|devstral|ministral|magistral|pixtral|open-mi[sx]tral)/i, "mistralai"],
  [/^minimax/i, "minimax"],
  [/^claude/i, "anthropic"],
  [/^(?:phi|mai-)/i, "microsoft"],
  [/^command/i, "cohere"],
  [/^nemotron/i, "nvidia"],
  [/^mimo/i, "xiaomi"],
  [/^grok/i, "x-ai"],
];

function spell(upstreamId: string, provider: string, author: string | undefined): string {
  const parts = upstreamId
    .replace(/^accounts\/[^/]+\/models\//, "")
    .replace(/^@cf\//, "")
    .replaceAll(/(?<=\d)p(?=\d)/g, ".")
    .split("/");
  const slug = (parts.at(-1) ?? upstreamId).toLowerCase().replace(/^(?:[a-z]{2,6}\.)?anthropic\./, "");
  const named = parts.length > 1 ? (parts.at(-2) ?? "").toLowerCase() : undefined;
  const owner =
    author ??
    (named === undefined ? undefined : (authors[named] ?? named)) ??
    families.find(([family]) => family.test(slug))?.[1] ??
    provider;
  return `${owner}/${slug}`;
}
