/** A server that cannot keep up, without waiting for the end of its samples. */
import { vi } from 'vitest'

const SAMPLE_MS = 2500

/** Starts a server by `start`; what it returns ends a sample of the event loop's delay. */
export async function startSampled(start: () => Promise<void>): Promise<() => void> {
  const timers = vi.spyOn(globalThis, 'setInterval')
  try {
    await start()
    const sampled = timers.mock.calls.find(([, ms]) => ms === SAMPLE_MS)![0] as () => void
    sampled()
    return sampled
  } finally {
    timers.mockRestore()
  }
}

/** Keeps the event loop from turning, without keeping a core busy. */
export const block = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

export const turn = (ms = 1) => new Promise((resolve) => setTimeout(resolve, ms))

/** Has the server be late for as many samples as tell a crowd from a pause. */
export async function crowd(sampled: () => void): Promise<void> {
  for (let sample = 0; sample < 2; sample += 1) {
    block(1500)
    await turn()
    sampled()
  }
}
