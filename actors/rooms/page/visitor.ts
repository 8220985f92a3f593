import { signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { MEMBER_NAME_MAX } from "../../../protocols/client-protocol.ts";
import { HIDDEN_CHARACTERS } from "../../../protocols/patterns.ts";
import { readStored, writeStored } from "../../../runtime/pages/kit/stored.ts";
import type { Language } from "../../../runtime/pages/kit/words.ts";
import { madeUpName } from "./made-up-name.ts";

const KEY = "name";

/** Who sits in front of this window. */
export class Visitor {
  readonly name: Signal<string>;

  /** A chosen name holds in all windows, a made-up one in this window alone, so that two windows are two people. */
  constructor(language: Language) {
    const known = readStored(KEY) ?? readStored(KEY, "window");
    this.name = signal(known ?? madeUpName(language, Math.random));
    if (known === undefined) writeStored(KEY, this.name.value, "window");
  }

  /** Takes a chosen name; one without any letter is ignored. */
  choose(name: string): void {
    const trimmed = name.slice(0, MEMBER_NAME_MAX).replace(HIDDEN_CHARACTERS, "").trim();
    if (trimmed === "") return;
    writeStored(KEY, trimmed);
    this.name.value = trimmed;
  }
}
