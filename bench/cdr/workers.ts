/** The parent's side of looping.ts. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT } from '../support/processes.ts'
import type { Outcome } from './looping.ts'

export interface Worker {
  readonly pid: number
  go(): void
  /** Lets what is under way end. */
  halt(): Promise<Outcome>
  /** `go`, a while, `halt`. */
  run(seconds: number): Promise<Outcome>
  end(): void
}

/** Starts a compiled program of this folder, which waits for `go`. */
export async function startWorker(name: string, environment: Record<string, string>): Promise<Worker> {
  const child = fork(join(ROOT, 'dist/bench/cdr', `${name}.js`), {
    env: { PATH: process.env.PATH, ...environment },
    // Outcomes are long lists of numbers and short texts.
    serialization: 'advanced',
  })
  const ended = new Promise<never>((_, reject) => {
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)))
  })
  ended.catch(() => {})
  await Promise.race([once(child, 'message'), ended])
  const halt = async () => {
    child.send('stop')
    const [outcome] = (await Promise.race([once(child, 'message'), ended])) as [Outcome]
    return outcome
  }
  const go = () => void child.send('go')
  return {
    pid: child.pid!,
    go,
    halt,
    async run(seconds) {
      go()
      await sleep(seconds * 1000)
      return halt()
    },
    end: () => child.disconnect(),
  }
}
