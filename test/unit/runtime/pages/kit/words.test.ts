import assert from "node:assert/strict";
import { test } from "node:test";
import { TREE_WORDS } from "../../../../../actors/ops/page/tree-words.ts";
import { TRAFFIC_WORDS } from "../../../../../actors/monitoring/page/traffic-words.ts";
import { OPERATOR_WORDS } from "../../../../../runtime/pages/kit/operator-words.ts";
import { ROOM_WORDS } from "../../../../../actors/rooms/page/room-words.ts";
import { KIT_WORDS } from "../../../../../runtime/pages/kit/kit-words.ts";
import { dictionary, preferredLanguage, translator } from "../../../../../runtime/pages/kit/words.ts";

const WORDS = dictionary(
  { hello: "Hello", here: (count: number) => `${count} here` },
  { hello: "你好", here: (count) => `${count} 人在场` },
);

test("a text is found in the language of the page, with its values", () => {
  const t = translator(WORDS, "zh");
  assert.equal(t("hello"), "你好");
  assert.equal(translator(WORDS, "en")("here", 3), "3 here");
});

test("a missing translation, a foreign key and a wrong value do not compile", () => {
  const words = { hello: "Hello", here: (count: number) => `${count} here` };
  // @ts-expect-error `here` is missing in Chinese
  dictionary(words, { hello: "你好" });
  // @ts-expect-error a text with values needs a function in every language
  dictionary(words, { hello: () => "你好", here: "在场", unknown: 1 });
  const t = translator(WORDS, "en");
  // @ts-expect-error there is no such text
  t("goodbye");
  // @ts-expect-error the text wants a number
  t("here", "three");
});

test("a browser gets the first of its languages that the pages speak", () => {
  assert.equal(preferredLanguage(["de-DE", "zh-Hans-CN", "en"]), "zh");
  assert.equal(preferredLanguage(["en-GB", "zh"]), "en");
  assert.equal(preferredLanguage(["de"]), "en");
  assert.equal(preferredLanguage([]), "en");
});

test("every Chinese text is Chinese, but for names and the name of the other language", () => {
  const same = new Set(["title", "otherLanguage", "switchLanguage", "actor"]);
  for (const words of [KIT_WORDS, OPERATOR_WORDS, ROOM_WORDS, TRAFFIC_WORDS, TREE_WORDS]) {
    for (const [key, text] of Object.entries(words.zh)) {
      if (typeof text === "string" && !same.has(key)) assert.match(text, /\p{Script=Han}/u, key);
    }
    assert.deepEqual(Object.keys(words.zh), Object.keys(words.en));
  }
});
