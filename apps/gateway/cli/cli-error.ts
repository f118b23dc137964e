import { ConfigError } from "../config/config-error.ts";
import { StorageError } from "../storage/storage.ts";

/** A command that cannot do what it was asked, for a reason the person can act on. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** How an error is printed with `--json`. */
export interface PrintedError {
  code: string;
  message: string;
  problems?: unknown;
}

export function describeCliError(error: unknown): PrintedError {
  if (error instanceof CliError) return { code: error.code, message: error.message };
  if (error instanceof ConfigError) {
    return { code: "config_invalid", message: error.message, problems: error.problems };
  }
  if (error instanceof StorageError) return { code: "storage_failed", message: error.message };
  if (error instanceof Error) return { code: "internal", message: error.message };
  return { code: "internal", message: String(error) };
}
