import { bareProxy } from "./bare-proxy.ts";
import { claudeCodeRouter } from "./claude-code-router.ts";
import { direct } from "./direct.ts";
import { onerouter } from "./onerouter.ts";
import { portkey } from "./portkey.ts";
import type { Target } from "./target.ts";

/** What is measured, in the order of the tables. */
export function listTargets(withPeers: boolean): Target[] {
  return [direct, bareProxy, onerouter, ...(withPeers ? [portkey, claudeCodeRouter] : [])];
}
