/** What switches have in memory of rows that have changed, they are told to forget. */
import { moduleOf } from '../../plugins/resources.ts'
import { TaskWorker } from './worker.ts'

/** Also how soon a switch that is there again is told what it missed. */
const EVERY_MS = 2_000

export default moduleOf('switch-tasks', [], (_config, { database, fleet }, log) => {
  const worker = new TaskWorker(database, fleet, log)
  return {
    chores: [{ name: 'what switches are told', everyMs: EVERY_MS, run: () => worker.run() }],
    hearers: { pbx_switch_tasks: { onNotification: worker.written, onLive: worker.written } },
    close: () => worker.close(),
  }
})
