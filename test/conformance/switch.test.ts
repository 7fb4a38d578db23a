/** The resources that switches are configured with keep what all resources promise. */
import { describeModule } from '../conformance.ts'
import { modules } from './fixtures/index.ts'

await describeModule(modules.switch)
