/** How providers say that a prompt is too long, as users have quoted them. */
const patterns: readonly RegExp[] = [
  /context[_ ]length[_ ]exceeded/i,
  /maximum context length/i, // OpenAI, DeepSeek, vLLM, OpenRouter
  /exceed(?:s|ed)? (?:the )?(?:model(?:'s)? )?context (?:window|length|limit)/i, // OpenAI, xAI
  /exceeded model token limit/i, // Moonshot
  /model max length exceeded/i, // Moonshot, older
  /prompt exceeds max length|prompt 超长/i, // Z.ai 1261
  /model_context_window_exceeded/i, // Z.ai
  /exceeds the available context size/i, // llama.cpp
  /context size has been exceeded/i, // LM Studio
  /greater than the context length/i, // LM Studio
  /too large for model with \d+ maximum context/i, // Mistral
  /longer than the model's context length/i, // Together
  /`?inputs`? tokens \+ `?max_new_tokens`? must be/i, // text-generation-inference
  /reduce the length of (?:the|your) (?:messages|prompt|input)/i, // Groq, vLLM
  /maximum prompt length is \d+/i, // xAI
  /maximum allowed input length/i, // Poolside
  /context window exceeds limit/i, // MiniMax
  /range of input length should be/i, // DashScope
  /input token count.*exceeds the maximum/i, // Google
  /prompt (?:is )?too long/i, // Anthropic, Ollama
  /input is too long for requested model/i, // Bedrock
  /input length.*exceeds.*context/i, // SGLang, Ollama
  /prompt token count of \d+ exceeds the limit/i, // GitHub Copilot
  /configured context size is/i,
  /longer than the (?:model's )?maximum (?:model|context) length/i, // vLLM
  /max_model_len/i,
];

/** Throttling speaks of too many tokens, too. */
const throttling = /rate limit|too many requests|per (?:minute|day|hour)|throttl|\bTPM\b|\bTPD\b|please wait/i;

export function isThrottling(message: string): boolean {
  return throttling.test(message);
}

export function isContextOverflow(message: string): boolean {
  return patterns.some((pattern) => pattern.test(message)) && !isThrottling(message);
}

/** Where the two numbers stand in the wordings that tell them. */
const tokenPatterns: readonly RegExp[] = [
  /maximum context length is (?<maximum>[\d,]+) tokens.*?requested (?<total>[\d,]+) tokens \((?<actual>[\d,]+) in (?:the messages|your prompt)/is,
  /maximum context length is (?<maximum>[\d,]+) tokens.*?prompt contains (?:at least )?(?<actual>[\d,]+)/is,
  /maximum context length is (?<maximum>[\d,]+) tokens.*?(?:resulted in|requested(?: about)?) (?<actual>[\d,]+)/is,
  /token limit:? (?<maximum>[\d,]+) \(re\s?quested: (?<actual>[\d,]+)/i,
  /prompt contains (?<actual>[\d,]+) tokens.*?model with (?<maximum>[\d,]+)/is,
  /request \((?<actual>[\d,]+) tokens\) exceeds the available context size \((?<maximum>[\d,]+)/i,
  /input \((?<actual>[\d,]+) tokens\) is longer than the model's context length \((?<maximum>[\d,]+)/i,
  /maximum prompt length is (?<maximum>[\d,]+) but the request contains (?<actual>[\d,]+)/i,
  /input length \(?(?<actual>[\d,]+)\)?(?: tokens)? exceeds.*?length (?:of |\()?(?<maximum>[\d,]+)/is,
  /(?<actual>[\d,]+) tokens > (?<maximum>[\d,]+) maximum/i,
  /token count \(?(?:of )?(?<actual>[\d,]+)\)? exceeds the (?:maximum number of tokens allowed|limit of) \(?(?<maximum>[\d,]+)/i,
  /prompt has (?<actual>[\d,]+) tokens.*?context size is (?<maximum>[\d,]+)/is,
];

/** Reads how long the prompt was and how long it may be, where the message says both. */
export function readOverflowTokens(message: string): { actual: number; maximum: number } | undefined {
  for (const pattern of tokenPatterns) {
    const groups = pattern.exec(message)?.groups;
    if (groups?.actual === undefined || groups.maximum === undefined) continue;
    const maximum = readCount(groups.maximum);
    const prompt = readCount(groups.actual);
    // A prompt that fits by itself was too long together with the answer that was asked for.
    const actual = prompt > maximum ? prompt : readCount(groups.total ?? groups.actual);
    if (actual > 0 && maximum > 0) return { actual, maximum };
  }
  return undefined;
}

function readCount(digits: string): number {
  return Number(digits.replaceAll(",", ""));
}
