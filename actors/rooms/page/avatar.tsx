const HUES = 8;

/** The first letters of a name on a colour of its own. */
export function Avatar({ name }: { readonly name: string }) {
  return (
    <span class={`avatar hue-${hueOf(name)}`} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}

/** One of eight colours, the same for the same name in every window. */
function hueOf(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_536;
  return sum % HUES;
}

/** One letter of each of the first two words; of a Chinese name its last character. */
function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  const letters = words.slice(0, 2).map((word) => Array.from(word)[0] ?? "");
  return /\p{Script=Han}/u.test(name)
    ? (Array.from(name.trim()).at(-1) ?? "")
    : letters.join("").toUpperCase();
}
