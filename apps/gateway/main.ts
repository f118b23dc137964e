import { runCli } from "./cli/run-cli.ts";

/* The program: everything it takes from the process is handed over here. */
const exitCode = await runCli({
  args: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
});
// Said outright: a thread that is still starting up must not hold the terminal after the command is done.
process.exit(exitCode);
