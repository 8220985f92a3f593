/** Those who wait until less waits for a journal. */
export class Crowd {
  #end: () => void = () => {};
  readonly isOver = new Promise<void>((resolve) => (this.#end = resolve));

  end(): void {
    this.#end();
  }
}
