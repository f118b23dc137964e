/** What one check found. */
export interface Finding {
  check: string;
  /** `warn` does not fail the command. */
  status: "ok" | "warn" | "fail";
  message: string;
  /** How long the thing checked took, in milliseconds. */
  ms?: number;
}

export function ok(check: string, message: string, ms?: number): Finding {
  return { check, status: "ok", message, ...(ms === undefined ? {} : { ms: Math.round(ms) }) };
}

export function warn(check: string, message: string): Finding {
  return { check, status: "warn", message };
}

export function fail(check: string, message: string): Finding {
  return { check, status: "fail", message };
}
