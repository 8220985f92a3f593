import { dictionary } from "./words.ts";

/** The texts of the kit's own parts. */
export const KIT_WORDS = dictionary(
  {
    themeAuto: "Theme: as the system",
    themeLight: "Theme: light",
    themeDark: "Theme: dark",
    otherLanguage: "中文",
    switchLanguage: "切换到中文",
    skip: "Skip to the content",
    copy: "Copy",
    copied: "Copied",
  },
  {
    themeAuto: "主题：跟随系统",
    themeLight: "主题：浅色",
    themeDark: "主题：深色",
    otherLanguage: "EN",
    switchLanguage: "Switch to English",
    skip: "跳到内容",
    copy: "复制",
    copied: "已复制",
  },
);
