/** How long a value is kept: in this browser, or until this window is closed. */
export type Keep = "browser" | "window";

const PREFIX = "banyan.";

/** A value that an earlier visit left, if any. A browser that stores nothing is no reason to fail. */
export function readStored(key: string, keep: Keep = "browser"): string | undefined {
  try {
    return storageOf(keep).getItem(PREFIX + key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Leaves a value for the next visit. A browser that stores nothing, or no more, forgets it. */
export function writeStored(key: string, value: string, keep: Keep = "browser"): void {
  try {
    storageOf(keep).setItem(PREFIX + key, value);
  } catch {
    // The page works without; the value is only not there next time.
  }
}

/** Forgets a value, if there is one. */
export function forgetStored(key: string, keep: Keep = "browser"): void {
  try {
    storageOf(keep).removeItem(PREFIX + key);
  } catch {
    // A browser that stores nothing has nothing to forget.
  }
}

function storageOf(keep: Keep): Storage {
  return keep === "browser" ? localStorage : sessionStorage;
}
