/**
 * Work that comes one by one and is done together: while a batch is under way what comes gathers, and goes with the
 * next. Nothing waits when nothing is under way, and one commit serves all that came meanwhile.
 */
export class Batches<Item, Result> {
  private readonly most: number
  private readonly work: (items: readonly Item[]) => Promise<readonly Result[]>
  private waiting: Waiting<Item, Result>[] = []
  private running = 0
  private isBeginning = false

  /** `work` gives a result for each item, in their order, or fails for all of them. */
  constructor(most: number, work: (items: readonly Item[]) => Promise<readonly Result[]>) {
    this.most = most
    this.work = work
  }

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject })
      this.begin()
    })
  }

  /** With all that has arrived by now, which may be read in this turn of the event loop but has not been yet. */
  private begin(): void {
    if (this.isBeginning || this.running === MOST_AT_ONCE) return
    this.isBeginning = true
    setImmediate(() => {
      this.isBeginning = false
      void this.run()
    })
  }

  private async run(): Promise<void> {
    this.running += 1
    try {
      while (this.waiting.length > 0) await this.runOne(this.waiting.splice(0, this.most))
    } finally {
      this.running -= 1
    }
  }

  private async runOne(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.work(batch.map(({ item }) => item))
      for (const [index, { resolve }] of batch.entries()) resolve(results[index]!)
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
}

/** While PostgreSQL commits one batch, the next is on its way. */
const MOST_AT_ONCE = 2

interface Waiting<Item, Result> {
  readonly item: Item
  resolve(result: Result): void
  reject(error: unknown): void
}
