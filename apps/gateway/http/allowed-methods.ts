const allowed: ReadonlyArray<[path: RegExp, methods: string]> = [
  [/^(?:\/api)?\/v1\/(?:messages|messages\/count_tokens|chat\/completions|completions|embeddings)$/, "POST"],
  [/^(?:\/api)?\/v1\/responses(?:\/compact|\/input_tokens)?$/, "POST"],
  [/^(?:\/api)?\/v1\/responses\/[^/]+$/, "GET, HEAD, DELETE"],
  [/^(?:\/api)?\/v1\/responses\/[^/]+\/input_items$/, "GET, HEAD"],
  [
    /^(?:\/api)?\/v1(?:alpha|beta)?\d*\/models\/.+:(?:generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents)$/,
    "POST",
  ],
  [/^\/v1(?:alpha|beta)\d*\/models(?:\/.*)?$/, "GET, HEAD"],
  [/^(?:\/api)?\/v1\/(?:models(?:\/.*)?|model\/[^/]+\/[^/]+|generation|providers|route)$/, "GET, HEAD"],
  [/^\/(?:|api\/hello|healthz|readyz|metrics)$/, "GET, HEAD"],
];

/** The methods of a path that is served, for the `allow` header of a 405; undefined for a path that is not. */
export function allowedMethods(path: string): string | undefined {
  const plain = path.replaceAll(/\/{2,}/g, "/").replace(/(?<=.)\/$/, "");
  return allowed.find(([pattern]) => pattern.test(plain))?.[1];
}
