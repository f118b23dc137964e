import { argumentKinds, callKinds, leakMarkups, leakPlaces, sseStyles, usageKinds } from "./fault.ts";
import type { Fault } from "./fault.ts";

type Reader = (argument: string | undefined) => Fault;

/** Thrown for a fault that is misspelt: a test must not pass because its fault never happened. */
export class UnknownFaultError extends Error {
  override name = "UnknownFaultError";
}

const readers: Record<string, Reader> = {
  latency: (argument) => ({ latency: readNumber(argument) }),
  ttft: (argument) => ({ ttft: readNumber(argument) }),
  rate: (argument) => ({ rate: readNumber(argument) }),
  silence: (argument) => ({ silence: readSilence(argument) }),
  cut: (argument) => ({ cut: readCut(argument) }),
  end: (argument) => ({ end: readNumber(argument) }),
  status: (argument) => ({ status: readStatus(argument) }),
  error: (argument) => ({ error: readError(argument) }),
  context: (argument) => ({ context: readNumber(argument) }),
  type: (argument) => ({ type: readOneOf(argument, ["json", "text"]) }),
  args: (argument) => ({ args: readOneOf(argument, argumentKinds) }),
  leak: (argument) => ({ leak: readLeak(argument) }),
  calls: (argument) => ({ calls: readOneOf(argument, [...callKinds, "mixed"]) }),
  bad: (argument) => ({ bad: readNumber(argument ?? "15") }),
  flaky: (argument) => ({ flaky: readFlaky(argument) }),
  usage: (argument) => ({ usage: readOneOf(argument, usageKinds) }),
  sse: (argument) => ({ sse: (argument ?? "").split(",").map((style) => readOneOf(style, sseStyles)) }),
  bytes: (argument) => ({ bytes: Math.max(1, readNumber(argument)) }),
  finish: (argument) => ({ finish: argument ?? "stop" }),
  late: () => ({ late: true }),
  empty: () => ({ empty: true }),
  after: () => ({ after: true }),
  role: () => ({ role: true }),
  unicode: () => ({ unicode: true }),
  redacted: () => ({ redacted: true }),
};

/**
 * Reads faults in the notation of the README: names with an optional value, joined by `+` (or `;`).
 *
 * @throws UnknownFaultError when a name or value is not known
 * @example parseFaults("latency=300+cut=5")
 */
export function parseFaults(notation: string): Fault {
  const fault: Fault = {};
  for (const piece of notation.split(/[+;]/)) {
    const trimmed = piece.trim();
    if (trimmed === "") continue;
    const [name = "", argument] = trimmed.split("=", 2);
    const read = readers[name];
    if (!read) throw new UnknownFaultError(`unknown fault "${name}"; known are ${Object.keys(readers).join(", ")}`);
    const next = read(argument);
    Object.assign(fault, next, next.sse && { sse: [...(fault.sse ?? []), ...next.sse] });
  }
  return fault;
}

/** Splits a model name from the faults behind its first plus sign. */
export function splitModel(model: string): { model: string; notation: string } {
  const plus = model.indexOf("+");
  return plus < 0 ? { model, notation: "" } : { model: model.slice(0, plus), notation: model.slice(plus + 1) };
}

function readNumber(argument: string | undefined): number {
  const value = Number(argument);
  if (argument === undefined || argument === "" || !Number.isFinite(value) || value < 0) {
    throw new UnknownFaultError(`"${argument ?? ""}" should be a number`);
  }
  return value;
}

function readPercent(argument: string | undefined): number {
  const value = readNumber(argument);
  if (value > 100) throw new UnknownFaultError(`"${argument}" should be a percentage`);
  return value;
}

function readOneOf<const Choice extends string>(argument: string | undefined, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === argument);
  if (!found) throw new UnknownFaultError(`"${argument ?? ""}" should be one of ${choices.join(", ")}`);
  return found;
}

// `glm`, `reasoning` or `glm:reasoning`; what is not said is Kimi's markup, in the content.
function readLeak(argument: string | undefined): Fault["leak"] {
  if (argument === "mixed") return "mixed";
  const words = (argument ?? "content").split(":");
  const markup = leakMarkups.find((one) => one === words[0]);
  const place = markup === undefined || words.length > 1 ? readOneOf(words.at(-1), leakPlaces) : "content";
  if (words.length > (markup === undefined ? 1 : 2))
    throw new UnknownFaultError(`"${argument}" should be MARKUP:PLACE`);
  return { markup: markup ?? "kimi", place };
}

function readSilence(argument: string | undefined): Fault["silence"] {
  const [events, ms] = (argument ?? "0").split(",", 2);
  return { events: readNumber(events), ms: ms === undefined || ms === "forever" ? Infinity : readNumber(ms) };
}

function readCut(argument: string | undefined): Fault["cut"] {
  if (argument === "start" || argument === "headers") return { at: argument };
  const [, count, unit] = /^(\d+)(b|e|%|)$/.exec(argument ?? "") ?? [];
  if (unit === "%") return { at: "share", percent: readPercent(count) };
  return { at: unit === "b" ? "bytes" : "events", count: readNumber(count) };
}

function readFlaky(argument: string | undefined): Fault["flaky"] {
  const [failed, cut] = (argument ?? "5").split(",", 2);
  const flaky = { failed: readPercent(failed), cut: readPercent(cut ?? "2") };
  if (flaky.failed + flaky.cut > 100) throw new UnknownFaultError(`"${argument}" should be no more than 100 in all`);
  return flaky;
}

function readStatus(argument: string | undefined): Fault["status"] {
  const [code, retryAfter] = (argument ?? "").split(",", 2);
  return { code: readNumber(code), retryAfter };
}

function readError(argument: string | undefined): Fault["error"] {
  const [events, type] = (argument ?? "1").split(",", 2);
  return { events: readNumber(events), type: type ?? "overloaded_error" };
}
