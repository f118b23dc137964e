import { CliError } from "./cli-error.ts";

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/**
 * When a key ends: an ISO date or time (`2027-01-31`, `2027-01-31T12:00:00Z`) or a duration from now (`90m`, `12h`, `30d`,
 * `8w`).
 *
 * @returns Unix milliseconds.
 */
export function parseExpiry(text: string, now: number): number {
  const duration = /^(\d{1,6})([mhdw])$/.exec(text);
  const at =
    duration === null
      ? /^\d{4}-\d{2}-\d{2}/.test(text)
        ? Date.parse(text)
        : Number.NaN
      : now + Number(duration[1]) * (unitMs[duration[2] ?? ""] ?? Number.NaN);
  if (Number.isNaN(at))
    throw new CliError("usage", `--expires takes an ISO date or a duration such as 30d, not ${text}`);
  if (at <= now) throw new CliError("usage", "--expires must be in the future");
  return at;
}
