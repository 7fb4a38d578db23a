/** The resources of the voicemail module keep what all resources promise. */
import { describeModule } from '../conformance.ts'
import { modules } from './fixtures/index.ts'

await describeModule(modules.voicemail)
