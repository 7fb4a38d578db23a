/** The resources of the dialplans module keep what all resources promise. */
import { describeModule } from '../conformance.ts'
import { modules } from './fixtures/index.ts'

await describeModule(modules.dialplans)
