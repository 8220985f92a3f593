/** Who reads a page: it is shown at the gateway, or on the operators' port. */
export type PageReaders = "clients" | "operators";

/** One file of the built pages, as the page server announces it. */
export interface PageFile {
  /** Where it is asked for: `/`, `/assets/index-4F2A.js`. */
  readonly path: string;
  /** The file below the folder of the manifest; beside it lie its `.gz` and `.br`. */
  readonly file: string;
  readonly type: string;
  /** Whether the name holds a hash of the content, so that it never changes. */
  readonly hashed: boolean;
  /** Left out for what pages load. */
  readonly readers?: PageReaders;
}

/** Everything that the build wrote for the page server. */
export interface PageManifest {
  readonly files: readonly PageFile[];
}

/** The file beside the built pages that lists them. */
export const MANIFEST_FILE = "manifest.json";

/** The folder of the URL under which everything but the pages themselves lies. */
export const ASSETS_PATH = "/assets/";
