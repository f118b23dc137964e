/** How long the same session takes through the gateway and without it. */
export interface Walls {
  /** Best through the gateway / best without. */
  ratio: number;
  text: string;
}

const bound = 1.3;
const tries = 3;

/**
 * Compares wall times by their minimum: whatever else the machine does only ever adds to them. Measures again, both in
 * turn, as long as the bound is not met.
 *
 * @param runs.gateway milliseconds of a run through the gateway that has been made already.
 */
export async function measureWalls(runs: {
  gateway: number;
  again(at: number): Promise<number>;
  direct(at: number): Promise<number>;
}): Promise<Walls> {
  const gateway = [runs.gateway];
  const direct = [await runs.direct(0)];
  const ratio = (): number => Math.min(...gateway) / Math.min(...direct);
  for (let at = 1; at < tries && ratio() > bound; at++) {
    gateway.push(await runs.again(at));
    if (ratio() > bound) direct.push(await runs.direct(at));
  }
  const list = (walls: number[]): string => walls.map((ms) => `${(ms / 1000).toFixed(1)} s`).join(", ");
  return {
    ratio: ratio(),
    text: `${list(gateway)} through the gateway, ${list(direct)} directly: ${ratio().toFixed(2)} x`,
  };
}
