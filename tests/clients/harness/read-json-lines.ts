/** The JSON objects in an output of one a line; other lines are notices. */
export function readJsonLines<Line>(stdout: string): Line[] {
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Line);
}
