import { MEMBER_NAME_MAX, ROOM_NAME_MAX } from "./client-protocol.ts";

/** A rule for a text: as a regular expression (with the `u` flag, as JSON Schema has it), and in words for who broke it. */
export interface Pattern {
  readonly source: string;
  /** What fits: "must be …". */
  readonly words: string;
}

// Control characters, lone surrogates, and what is invisible or turns the direction of what follows. Without them a name
// can neither rewrite a terminal nor pass itself off as another one. The joiners that scripts and emoji need are allowed.
const HIDDEN = "\\p{Cc}\\p{Cs}\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff";

/** Every hidden character, for whoever takes them out of what a person typed or pasted. */
export const HIDDEN_CHARACTERS = new RegExp(`[${HIDDEN}]`, "gu");

/** The name of somebody, as others see it. */
export const NAME_PATTERN: Pattern = {
  source: `^(?=.*\\S)[^${HIDDEN}]+$`,
  words: "visible text without control or direction characters",
};

/** The schema options of such a name. */
export const NAME_RULE = {
  minLength: 1,
  maxLength: MEMBER_NAME_MAX,
  pattern: NAME_PATTERN.source,
  examples: ["ann"],
};

/** The id of a room. */
export const ROOM_PATTERN: Pattern = {
  source: `^(chat|live)/[^\\s/${HIDDEN}]{1,${ROOM_NAME_MAX}}$`,
  words: `chat/NAME or live/NAME, with a name of 1 to ${ROOM_NAME_MAX} visible characters and no space or slash`,
};

/** Every pattern that a client can break, so that an answer can say it in words. */
export const PATTERNS: readonly Pattern[] = [NAME_PATTERN, ROOM_PATTERN];
