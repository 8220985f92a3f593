/** Seeds that once found something among runs with files (`--kinds file`), with what it was: they run first. */
export const KEPT_FILE_SEEDS: Readonly<Record<number, string>> = {
  1056: "an empty file was remembered as a place, and the copy of what came into it was passed over",
  2020: "a file was copied and cut off between its listing and its opening",
  2023: "a file was renamed between its listing and its opening",
  7042: "a file was cut off, then copied and cut off: the copy was passed over",
};
