/** The resources of the module of all else keep what all resources promise. */
import { describeModule } from '../conformance.ts'
import { modules } from './fixtures/index.ts'

await describeModule(modules.other)
