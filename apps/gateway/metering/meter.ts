import { noUsage, type ChatEvent, type FinishReason, type Usage } from "@onerouter/protocols";

/** A tee on an answer's events: counts, never changes, never fails. One per generation, over all its attempts. */
export interface Meter {
  observe(event: ChatEvent): void;
  /** Express lane: how much content has gone by, when its text is not looked at. */
  observeLength(characters: number): void;
  /** A new attempt begins: what the failed one gave is not part of the answer. */
  restart(): void;
  readonly usage: Usage;
  readonly usageReported: boolean;
  readonly finishReason: FinishReason | null;
  /** Unix milliseconds of the first content, or null. */
  readonly firstContentAt: number | null;
  /** Characters of content seen, for an estimate when the upstream's own count never comes. */
  readonly contentLength: number;
}

/** @param now milliseconds. */
export function createMeter(now: () => number): Meter {
  let usage = noUsage;
  let usageReported = false;
  let finishReason: FinishReason | null = null;
  let firstContentAt: number | null = null;
  let contentLength = 0;

  function report(next: Usage): void {
    usage = next;
    usageReported = true;
  }

  return {
    observe(event) {
      switch (event.type) {
        case "block-start":
          firstContentAt ??= now();
          break;
        case "block-delta":
          contentLength += event.text.length;
          break;
        case "start":
          if (event.usage !== undefined) report(event.usage);
          break;
        case "usage":
          report(event.usage);
          break;
        case "finish":
          finishReason = event.reason;
          if (event.usageMissing === true) usage = event.usage;
          else report(event.usage);
          break;
        default:
          break;
      }
    },
    observeLength(characters) {
      contentLength = characters;
    },
    restart() {
      usage = noUsage;
      usageReported = false;
      finishReason = null;
      firstContentAt = null;
      contentLength = 0;
    },
    get usage() {
      return usage;
    },
    get usageReported() {
      return usageReported;
    },
    get finishReason() {
      return finishReason;
    },
    get firstContentAt() {
      return firstContentAt;
    },
    get contentLength() {
      return contentLength;
    },
  };
}
