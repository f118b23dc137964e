/**
 * Whether a call id of an answer can stand in the history of every client: in Anthropic's form, and not the counter that some
 * vendors start from 0 in every answer (`call_0`, `Bash_1`) or the bare name, which would name several calls of one
 * conversation alike.
 */
export function isLastingCallId(id: string): boolean {
  return /^[a-zA-Z0-9_-]{1,64}$/.test(id) && !/^[a-zA-Z_-]*\d{0,3}$/.test(id);
}
