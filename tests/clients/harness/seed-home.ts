import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Answers beforehand what Claude Code asks a person when it first meets a home, a folder and skipped permissions. */
export function seedHome(home: string, work: string): void {
  const state = {
    hasCompletedOnboarding: true,
    theme: "dark",
    projects: { [work]: { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true } },
  };
  writeFileSync(join(home, ".claude.json"), JSON.stringify(state));
  mkdirSync(join(home, ".claude"), { recursive: true });
  writeFileSync(join(home, ".claude", "settings.json"), JSON.stringify({ skipDangerousModePermissionPrompt: true }));
}
