/** What the switch does with calls. */
import { moduleOf } from '../../plugins/resources.ts'
import type { Report, Resource } from '../../rest/resource.ts'

export const resources: readonly (Resource | Report)[] = []

export default moduleOf('dialplans', resources)
