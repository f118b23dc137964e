import { runCli } from "./cli/run-cli.ts";

/* The program: everything it takes from the process is handed over here. */
const outputs = [process.stdout, process.stderr];
// `onerouter models | head` closes its end before everything is written.
for (const stream of outputs) stream.on("error", () => {});
const exitCode = await runCli({
  args: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
});
// A pipe takes 64 KB at a time; what it has not taken yet would be lost.
await Promise.all(outputs.map((stream) => new Promise<void>((resolve) => stream.write("", () => resolve()))));
// Said outright: a thread that is still starting up must not hold the terminal after the command is done.
process.exit(exitCode);
