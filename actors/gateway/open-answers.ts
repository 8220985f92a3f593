/** Questions whose answers come from others: each is kept under a number that a message can carry, until it is answered. */
export class OpenAnswers<Answer> {
  readonly #open = new Map<number, Answer>();
  #last = 0;

  /** Keeps an answer open and gives it a number. */
  add(answer: Answer): number {
    this.#open.set(++this.#last, answer);
    return this.#last;
  }

  /** The open answer of this number, which is then no longer open. */
  take(number: number): Answer | undefined {
    const answer = this.#open.get(number);
    this.#open.delete(number);
    return answer;
  }
}
