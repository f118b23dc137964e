import { noUsage, type ChatEvent, type FinishReason, type Usage } from "@onerouter/protocols";

/** A tee on an answer's events: counts, never changes, never fails. One per generation, over all its attempts. */
export interface Meter {
  observe(event: ChatEvent): void;
  /** Express lane: how much content has gone by, when its text is not looked at. */
  observeLength(characters: number): void;
  /**
   * A new attempt begins: what the failed one gave is not part of the answer.
   * @param goesOn the client has content of an earlier one
   */
  restart(goesOn: boolean): void;
  readonly usage: Usage;
  readonly usageReported: boolean;
  readonly finishReason: FinishReason | null;
  /** Unix milliseconds of the first content, or null. */
  readonly firstContentAt: number | null;
  /** The current attempt has given content. */
  readonly hasContent: boolean;
  /** Characters of content seen, for an estimate when the upstream's own count never comes. */
  readonly contentLength: number;
}

/** @param now milliseconds. */
export function createMeter(now: () => number): Meter {
  const meter = {
    usage: noUsage,
    usageReported: false,
    finishReason: null as FinishReason | null,
    firstContentAt: null as number | null,
    hasContent: false,
    contentLength: 0,
    observe(event: ChatEvent): void {
      switch (event.type) {
        case "block-start":
          meter.firstContentAt ??= now();
          meter.hasContent = true;
          break;
        case "block-delta":
          meter.contentLength += event.text.length;
          break;
        case "start":
          if (event.usage !== undefined) report(event.usage);
          break;
        case "usage":
          report(event.usage);
          break;
        case "finish":
          meter.finishReason = event.reason;
          if (event.usageMissing === true) meter.usage = event.usage;
          else report(event.usage);
          break;
        default:
          break;
      }
    },
    observeLength(characters: number): void {
      meter.contentLength = characters;
    },
    restart(goesOn: boolean): void {
      meter.usage = noUsage;
      meter.usageReported = false;
      meter.finishReason = null;
      if (!goesOn) meter.firstContentAt = null;
      meter.hasContent = false;
      meter.contentLength = 0;
    },
  };

  function report(usage: Usage): void {
    meter.usage = usage;
    meter.usageReported = true;
  }
  return meter;
}
