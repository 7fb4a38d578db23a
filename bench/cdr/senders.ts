/** Switches that post call records, each the next one once the last was answered with 200. A process of its own. */
import { setTimeout as sleep } from 'node:timers/promises'
import { connectionTo } from './connection.ts'
import { loopWhenTold } from './looping.ts'
import { requestsFrom } from './requests.ts'

const { SENDERS, PORT, KEEP_ALIVE, SAMPLES } = process.env
const RETRY_AFTER_MS = 100

const nextRecord = requestsFrom(SAMPLES!, `127.0.0.1:${PORT}`)

loopWhenTold(Number(SENDERS), (failed) => {
  const connection = connectionTo(Number(PORT), KEEP_ALIVE === 'true')
  return async () => {
    const { uuid, request } = nextRecord()
    for (;;) {
      try {
        const status = await connection.send(request)
        if (status === 200) return uuid
        failed(String(status))
      } catch (error) {
        failed((error as NodeJS.ErrnoException).code ?? (error as Error).message)
      }
      await sleep(RETRY_AFTER_MS)
    }
  }
})
