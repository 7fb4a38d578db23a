/** Voicemail boxes, and what is left and played in them. */
import { moduleOf } from '../../plugins/resources.ts'
import type { Report, Resource } from '../../rest/resource.ts'

export const resources: readonly (Resource | Report)[] = []

export default moduleOf('voicemail', resources)
