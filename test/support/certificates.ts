import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate and its key, as files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority of a test's own, which lives as long as the test. */
export class TestAuthority {
  readonly #folder = mkdtempSync(join(tmpdir(), "banyan-ca-"));
  readonly #own: Certificate;

  constructor() {
    this.#own = this.#files("ca");
    const { cert, key } = this.#own;
    openssl(
      "req",
      "-x509",
      ...this.#newKey(key),
      "-subj",
      "/CN=an authority of a test",
      "-days",
      "2",
      "-out",
      cert,
    );
  }

  /** The file with its certificate. */
  get caFile(): string {
    return this.#own.cert;
  }

  /** Certifies somebody on this machine. */
  certify(name: string): Certificate {
    const files = this.#files(name);
    const request = join(this.#folder, `${name}.csr`);
    const names = join(this.#folder, `${name}.names`);
    writeFileSync(names, "subjectAltName=IP:127.0.0.1,DNS:localhost");
    openssl("req", ...this.#newKey(files.key), "-subj", `/CN=${name}`, "-out", request);
    const by = ["-CA", this.#own.cert, "-CAkey", this.#own.key, "-CAcreateserial"];
    openssl("x509", "-req", "-in", request, ...by, "-days", "2", "-extfile", names, "-out", files.cert);
    return files;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #newKey(file: string): string[] {
    return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", file];
  }

  #files(name: string): Certificate {
    return { cert: join(this.#folder, `${name}.pem`), key: join(this.#folder, `${name}.key`) };
  }
}

function openssl(...words: readonly string[]): void {
  execFileSync("openssl", words, { stdio: "ignore" });
}
