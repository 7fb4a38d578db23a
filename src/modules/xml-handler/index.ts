/** What switches ask for when they need it: the directory, dialplans, configuration, phrases. */
import { moduleOf } from '../../plugins/resources.ts'
import { answerConfiguration } from './configuration/index.ts'
import { switchRoutesOf } from './switch-routes.ts'

export default moduleOf('xml-handler', [], (_config, { database }) => ({
  switchRoutes: switchRoutesOf(
    {
      directory: async () => undefined,
      dialplan: async () => undefined,
      configuration: answerConfiguration,
      languages: async () => undefined,
    },
    database,
  ),
}))
