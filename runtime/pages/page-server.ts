import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MANIFEST_FILE } from "./page-manifest.ts";
import type { PageFile, PageManifest, PageReaders } from "./page-manifest.ts";

/** What a browser asks for. */
export interface PageRequest {
  /** The path without what follows `?`. */
  readonly path: string;
  /** The header `Accept-Encoding`. */
  readonly acceptEncoding?: string | undefined;
  /** The header `If-None-Match`. */
  readonly ifNoneMatch?: string | undefined;
}

/** The whole answer; the HTTP layer only writes it. */
export interface PageAnswer {
  readonly status: 200 | 304;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

type Encoding = "br" | "gzip" | "identity";

interface Loaded {
  readonly headers: Readonly<Record<string, string>>;
  readonly etag: string;
  readonly readers: PageReaders | undefined;
  readonly bodies: Readonly<Record<Encoding, Buffer>>;
}

/**
 * Everything comes from here and nothing runs inline, so text that slips into a page cannot become code.
 * `'self'` covers ws: and wss: of the same host and port in Chromium 71, Firefox and Safari 16 (w3c/webappsec-csp#7).
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join("; ");

const SECURITY_HEADERS = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
};

const HASHED_CACHE = "public, max-age=31536000, immutable";
const PAGE_CACHE = "no-cache";
const EMPTY = Buffer.alloc(0);

/** Answers for the pages that the build wrote, out of memory. */
export class PageServer {
  readonly #files: ReadonlyMap<string, Loaded>;

  private constructor(files: ReadonlyMap<string, Loaded>) {
    this.#files = files;
  }

  /**
   * Reads every page and its parts into memory.
   * @param folder where the build put them, with their manifest
   * @throws Error when the folder is not what the build leaves behind
   */
  static load(folder: string): PageServer {
    const path = join(folder, MANIFEST_FILE);
    if (!existsSync(path)) throw new Error(`${path} is missing: run "npm run build"`);
    const manifest = JSON.parse(readFileSync(path, "utf8")) as PageManifest;
    return new PageServer(new Map(manifest.files.map((file) => [file.path, load(folder, file)])));
  }

  /** Where the pages for these readers are, for whoever mounts them. */
  pathsFor(readers: PageReaders): readonly string[] {
    return [...this.#files].flatMap(([path, file]) => (file.readers === readers ? [path] : []));
  }

  /** The answer to a GET or HEAD; undefined when no page lies there. */
  answer(request: PageRequest): PageAnswer | undefined {
    const loaded = this.#files.get(request.path);
    if (loaded === undefined) return undefined;
    const encoding = chooseEncoding(request.acceptEncoding);
    const etag = `"${loaded.etag}-${encoding}"`;
    const headers = { ...loaded.headers, etag };
    if (matches(request.ifNoneMatch, etag)) return { status: 304, headers, body: EMPTY };
    const body = loaded.bodies[encoding];
    const encoded = encoding === "identity" ? headers : { ...headers, "content-encoding": encoding };
    return { status: 200, headers: { ...encoded, "content-length": String(body.length) }, body };
  }
}

function load(folder: string, { file, type, hashed, readers }: PageFile): Loaded {
  const path = join(folder, file);
  const identity = readFileSync(path);
  return {
    headers: {
      ...SECURITY_HEADERS,
      "content-type": type,
      "cache-control": hashed ? HASHED_CACHE : PAGE_CACHE,
      vary: "accept-encoding",
    },
    readers,
    etag: createHash("sha256").update(identity).digest("base64url").slice(0, 22),
    bodies: { identity, gzip: readFileSync(`${path}.gz`), br: readFileSync(`${path}.br`) },
  };
}

/** The best encoding that the browser takes. An encoding is refused by `q=0` alone: the finer weights are left alone. */
function chooseEncoding(acceptEncoding = ""): Encoding {
  const accepted = new Set(
    acceptEncoding
      .toLowerCase()
      .split(",")
      .map((part) => part.replaceAll(" ", ""))
      .filter((part) => !/;q=0(\.0*)?$/.test(part))
      .map((part) => part.split(";", 1)[0]),
  );
  if (accepted.has("br")) return "br";
  return accepted.has("gzip") ? "gzip" : "identity";
}

function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(",").some((candidate) => candidate.trim().replace(/^W\//, "") === etag);
}
