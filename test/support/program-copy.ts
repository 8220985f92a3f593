import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../..", import.meta.url));
const PARTS = ["actors", "deploy", "node_modules", "pages", "protocols", "runtime", "test/support"];

/** A copy of the built program, in which a test may change files as a new version does. */
export class ProgramCopy {
  readonly #folder = mkdtempSync(join(tmpdir(), "banyan-program-"));

  constructor() {
    const root = dirname(PROGRAM);
    symlinkSync(join(root, "node_modules"), join(this.#folder, "node_modules"));
    linkSync(join(root, "package.json"), join(this.#folder, "package.json"));
    for (const part of PARTS) linkAll(join(PROGRAM, part), this.#path(part));
  }

  /** Its command line. */
  get cli(): string {
    return this.#path("deploy/cli.js");
  }

  /** Where it is loaded from. */
  get codeFolder(): string {
    return this.#path("");
  }

  /** Puts other text into a file; answers how to undo it. The file that it was linked from stays as it is. */
  change(path: string, edit: (text: string) => string): () => void {
    const file = this.#path(path);
    const before = readFileSync(file, "utf8");
    const write = (text: string): void => {
      rmSync(file);
      writeFileSync(file, text);
    };
    write(edit(before));
    return () => write(before);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #path(path: string): string {
    return join(this.#folder, "dist", path);
  }
}

/** Links cost neither time nor space; only a changed file gets a copy of its own. */
function linkAll(from: string, to: string): void {
  if (!existsSync(from)) return;
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory()) linkAll(join(from, entry.name), join(to, entry.name));
    else linkSync(join(from, entry.name), join(to, entry.name));
  }
}
