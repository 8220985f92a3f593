import { dictionary } from "./words.ts";

/** The texts that all pages for operators share. */
export const OPERATOR_WORDS = dictionary(
  {
    pages: "Pages for operators",
    tree: "Tree",
    traffic: "Traffic",

    live: "Live",
    silent: "No answer, trying again",
    refusal: "Refused",
    looking: "Looking…",
    signOut: "Forget the token",

    tokenTitle: "The operators' token",
    tokenHelp:
      "The node keeps it in ops-token of its data directory, and prints a link with it when it starts in a terminal. It is kept here until this window is closed.",
    token: "Token",
    tokenUnknown: "This is not the token of this node.",
  },
  {
    pages: "运维页面",
    tree: "监督树",
    traffic: "流量",

    live: "实时",
    silent: "没有响应，正在重试",
    refusal: "被拒绝",
    looking: "读取中…",
    signOut: "忘记令牌",

    tokenTitle: "运维令牌",
    tokenHelp:
      "节点将它保存在数据目录的 ops-token 文件中，并在终端启动时打印带令牌的链接。此处只保留到窗口关闭为止。",
    token: "令牌",
    tokenUnknown: "这不是此节点的令牌。",
  },
);
