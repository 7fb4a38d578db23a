/** The resources of the events module keep what all resources promise. */
import { describeModule } from '../conformance.ts'
import { modules } from './fixtures/index.ts'

await describeModule(modules.events)
