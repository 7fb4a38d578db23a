/** What calls reach beside telephones: recordings, ring groups, menus, call centres; and click-to-dial. */
import { moduleOf } from '../../plugins/resources.ts'
import type { Report, Resource } from '../../rest/resource.ts'

export const resources: readonly (Resource | Report)[] = []

export default moduleOf('other', resources)
