import type { Language } from "../../../runtime/pages/kit/words.ts";

// Pure: names for whoever has not chosen one yet. They are trees, so nobody is named after anybody.

const FIRST = {
  en: ["Quiet", "Amber", "Brisk", "Silver", "Mossy", "Sunny", "Tall", "Gentle", "Early", "Bold"],
  zh: ["安静的", "琥珀色的", "轻快的", "银色的", "青苔", "晴朗的", "高高的", "温和的", "早起的", "勇敢的"],
} as const;
const SECOND = {
  en: ["Fig", "Cedar", "Rowan", "Birch", "Maple", "Olive", "Elm", "Willow", "Linden", "Juniper"],
  zh: ["榕树", "雪松", "花楸", "白桦", "枫树", "橄榄", "榆树", "柳树", "椴树", "杜松"],
} as const;

/** A name in a language. @param random makes numbers in [0, 1) */
export function madeUpName(language: Language, random: () => number): string {
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)] ?? "";
  const space = language === "en" ? " " : "";
  return `${pick(FIRST[language])}${space}${pick(SECOND[language])}`;
}
