/** What is known of how many tokens an upstream model makes of a prompt, learnt from the usage it reports. */
export interface TokenFactors {
  /** Tokens of a prompt whose request has so many bytes. Costs nothing. */
  fromBytes(key: string, bytes: number): number;
  /** Tokens of a prompt that our tokenizer has counted. */
  fromCount(key: string, counted: number): number;
  /** Whether to have this prompt counted, so that the count can be compared with what the upstream will report. */
  wantsCount(key: string): boolean;
  /** @param counted by our tokenizer, if it was asked */
  observe(key: string, inputTokens: number, bytes: number, counted?: number): void;
}

/** About four bytes a token, over English and code. */
const defaultPerByte = 1 / 4;
/** What no text gives: such a request had pictures in it, or the report is wrong. */
const leastPerByte = 1 / 20;
const mostPerByte = 2;
const leastPerCount = 1 / 4;
const mostPerCount = 4;
/** How much a new observation moves what is known. */
const weight = 0.2;
/** Of so many prompts one is counted to learn from. */
const sampling = 20;
/** Models remembered; the one not used for longest goes. */
const maxModels = 1_000;

interface Known {
  perByte: number | undefined;
  perCount: number | undefined;
  seen: number;
}

export function createTokenFactors(): TokenFactors {
  const models = new Map<string, Known>();

  function know(key: string): Known {
    const known = models.get(key) ?? { perByte: undefined, perCount: undefined, seen: 0 };
    models.delete(key);
    models.set(key, known);
    const [oldest] = models.size > maxModels ? models.keys() : [];
    if (oldest !== undefined) models.delete(oldest);
    return known;
  }

  return {
    fromBytes: (key, bytes) => Math.ceil(bytes * (models.get(key)?.perByte ?? defaultPerByte)),
    fromCount: (key, counted) => Math.ceil(counted * (models.get(key)?.perCount ?? 1)),
    wantsCount: (key) => know(key).seen++ % sampling === 0,
    observe(key, inputTokens, bytes, counted) {
      if (inputTokens <= 0) return;
      const known = know(key);
      known.perByte = learn(known.perByte, inputTokens / bytes, leastPerByte, mostPerByte);
      if (counted === undefined) return;
      known.perCount = learn(known.perCount, inputTokens / counted, leastPerCount, mostPerCount);
    },
  };
}

function learn(before: number | undefined, ratio: number, least: number, most: number): number | undefined {
  if (!(ratio >= least && ratio <= most)) return before;
  return before === undefined ? ratio : before + weight * (ratio - before);
}
