/** The two options that OneRouter takes even among Claude Code's, which has none of these names. */
const ownOptions = ["config", "data"] as const;

/**
 * Takes `--config FILE` and `--data DIR` out of arguments meant for another program. What stands after `--` is left alone,
 * and a leading `--` itself, which only ended our own options, is removed.
 */
export function takeOwnOptions(args: readonly string[]): {
  options: { config?: string; data?: string };
  rest: string[];
} {
  const options: { config?: string; data?: string } = {};
  const rest: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? "";
    if (arg === "--") {
      rest.push(...args.slice(index === 0 ? 1 : index));
      break;
    }
    const name = ownOptions.find((own) => arg === `--${own}` || arg.startsWith(`--${own}=`));
    if (name === undefined) rest.push(arg);
    else if (arg.includes("=")) options[name] = arg.slice(arg.indexOf("=") + 1);
    else options[name] = args[++index];
  }
  return { options, rest };
}
