const OTHER_REGION = "a project is known at the endpoint of its own region only";

/** What is to be looked at where a code of the service does not say it to whoever has not read its documents. */
const ADVICE: Readonly<Record<string, string>> = {
  projectnotexist: OTHER_REGION,
  projectnotexists: OTHER_REGION,
  signaturenotmatch:
    "the secret is not that of the key, or the region of signature v4 is not that of the project",
};

/** What people had better look at; undefined where the service says it itself. Pure. */
export function adviceFor(code: string): string | undefined {
  return ADVICE[code.toLowerCase()];
}
