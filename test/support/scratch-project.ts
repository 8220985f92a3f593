/** A copy of this project in a temporary folder, for tests of the tools that write into the project they belong to. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const ROOT_FILES = ["package.json", "package-lock.json", "tsconfig.json", ".oxlintrc.json", ".oxfmtrc.json"];
const COMMAND_LIMIT_MS = 120_000;

export interface CommandResult {
  status: number | null;
  stdout: string;
  stderr: string;
}

export class ScratchProject {
  readonly root = mkdtempSync(join(tmpdir(), "banyan-project-"));

  /** Copies the root files and the given paths; the packages are shared, never installed anew. */
  constructor(paths: readonly string[]) {
    for (const path of [...ROOT_FILES, ...paths]) {
      cpSync(join(ROOT, path), join(this.root, path), { recursive: true });
    }
    symlinkSync(join(ROOT, "node_modules"), join(this.root, "node_modules"));
    // An old lock: the tools must take the shared packages as installed.
    utimesSync(join(this.root, "package-lock.json"), 0, 0);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true });
  }

  /** Runs Node in the copy and waits for its end. */
  node(...nodeArguments: string[]): CommandResult {
    const { status, stdout, stderr } = spawnSync(process.execPath, nodeArguments, {
      cwd: this.root,
      encoding: "utf8",
      timeout: COMMAND_LIMIT_MS,
      // Inside node:test a child would otherwise report to this test's runner.
      env: { ...process.env, NODE_TEST_CONTEXT: undefined },
    });
    return { status, stdout, stderr };
  }

  dispose(): void {
    rmSync(this.root, { recursive: true });
  }
}
