/** A process that does the same thing on and on, several times at once, from `go` to `stop`, and tells how it went. */

export interface Outcome {
  /** What each finished task gave, in the order of their ends. */
  readonly done: readonly string[]
  /** Milliseconds that each took. */
  readonly tookMs: readonly number[]
  /** From `go` until the last task had ended. */
  readonly seconds: number
  /** Tries that failed and were made again, by reason. */
  readonly failures: Readonly<Record<string, number>>
}

/** Makes one of the tasks that run at once. It returns what was done; `failed` counts what has to be tried again. */
export type MakeTask = (failed: (reason: string) => void) => () => Promise<string>

/** The child's side of processes.ts: runs when told to, until the parent disconnects. */
export function loopWhenTold(atOnce: number, makeTask: MakeTask): void {
  let running = false
  process.on('message', (word) => {
    running = word === 'go'
    if (running) {
      void loop(atOnce, makeTask, () => running).then((outcome) => process.send!(outcome))
    }
  })
  process.once('disconnect', () => process.exit(0))
  process.send!('ready')
}

async function loop(atOnce: number, makeTask: MakeTask, goesOn: () => boolean): Promise<Outcome> {
  const done: string[] = []
  const tookMs: number[] = []
  const failures: Record<string, number> = {}
  const failed = (reason: string) => {
    failures[reason] = (failures[reason] ?? 0) + 1
  }
  const began = performance.now()
  const worker = async () => {
    const task = makeTask(failed)
    while (goesOn()) {
      const started = performance.now()
      done.push(await task())
      tookMs.push(performance.now() - started)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return { done, tookMs, seconds: (performance.now() - began) / 1000, failures }
}
