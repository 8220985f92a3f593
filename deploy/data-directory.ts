import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Refusal } from "./refusal.ts";
import { writeFresh } from "./write-fresh.ts";

/** The layout that this banyan writes, and the newest that it reads. */
export const DATA_VERSION = 1;
/** The file in which blocked event loops are written down, where it survives the process. */
export const BLOCKS_FILE = "blocks.jsonl";
const VERSION_FILE = "version";
/** Owner only: the directory holds keys. */
const FOLDER_MODE = 0o700;
const SECRET_MODE = 0o600;
const SECRET_BYTES = 32;
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

/** A secret of the data directory, and whether it was made just now. */
export interface KeptSecret {
  readonly value: string;
  readonly path: string;
  readonly isNew: boolean;
}

/**
 * What must survive the process, in one folder that only its owner may enter. One host uses it at a time: its lock names
 * the process.
 */
export class DataDirectory {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * The secret in a file, made at the first call and readable by its owner alone.
   * @throws Refusal when the file is empty or others may read it
   */
  secret(name: string): KeptSecret {
    const path = join(this.path, name);
    const found = readOptional(path);
    if (found === undefined) return { value: writeSecret(path), path, isNew: true };
    const mode = statSync(path).mode & 0o777;
    if ((mode & OTHERS) !== 0) {
      const text = `${path} holds a secret, and its mode ${mode.toString(8)} lets others read it: chmod 600 ${path}`;
      throw new Refusal("settings", text);
    }
    const value = found.trim();
    if (value === "") {
      throw new Refusal("settings", `${path} is empty; remove it, and the next start makes a new one`);
    }
    return { value, path, isNew: false };
  }

  /** A secret that an earlier start has made; undefined when there is none. */
  knownSecret(name: string): string | undefined {
    return readOptional(join(this.path, name))?.trim();
  }

  /** Keeps a value for other commands, readable by its owner alone. */
  write(name: string, value: unknown): void {
    writeFresh(join(this.path, name), `${JSON.stringify(value, null, 2)}\n`);
  }

  /** What `write` has kept; undefined when there is none, or only a part of it, as after a power cut. */
  read(name: string): unknown {
    const text = readOptional(join(this.path, name));
    try {
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    } catch {
      return undefined;
    }
  }

  remove(name: string): void {
    rmSync(join(this.path, name), { force: true });
  }
}

/**
 * Opens the data directory and makes it when it is missing.
 * @throws Refusal when it cannot be written, or when a newer banyan has written it
 */
export function openDataDirectory(path: string): DataDirectory {
  try {
    mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
    checkMode(path);
    checkVersion(path);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const why = (error as Error).message;
    throw new Refusal(
      "settings",
      `the data directory ${path} cannot be used: ${why}; choose another with --data-dir`,
      {
        cause: error,
      },
    );
  }
  return new DataDirectory(path);
}

/** @throws Refusal when others may write into the directory, and so replace the keys in it */
function checkMode(path: string): void {
  const mode = statSync(path).mode & 0o777;
  if ((mode & OTHERS_WRITE) === 0) return;
  const text = `others may write into the data directory ${path} (mode ${mode.toString(8)}): chmod 700 ${path}`;
  throw new Refusal("settings", text);
}

/** The version that a data directory says it has; undefined when it says none. @throws Refusal when it is no number */
export function dataVersion(path: string): number | undefined {
  const file = join(path, VERSION_FILE);
  const text = readOptional(file)?.trim();
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) {
    throw new Refusal(
      "settings",
      `${file} should hold a version number, and it holds ${JSON.stringify(text.slice(0, 40))}`,
    );
  }
  return Number(text);
}

function checkVersion(path: string): void {
  const version = dataVersion(path);
  if (version === undefined) return writeFresh(join(path, VERSION_FILE), `${DATA_VERSION}\n`);
  if (version <= DATA_VERSION) return undefined;
  throw new Refusal(
    "settings",
    `the data directory ${path} has version ${version}, and this banyan knows versions up to ${DATA_VERSION}: ` +
      "start the newer banyan that wrote it, or choose another directory with --data-dir",
  );
}

function writeSecret(path: string): string {
  const value = randomBytes(SECRET_BYTES).toString("base64url");
  const file = openSync(path, "wx", SECRET_MODE);
  try {
    writeFileSync(file, `${value}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  chmodSync(path, SECRET_MODE);
  return value;
}

function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
