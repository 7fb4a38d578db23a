/** What switches ask for when they need it: the directory, dialplans, configuration, phrases. */
import { moduleOf } from '../../plugins/resources.ts'
import { answerConfiguration } from './configuration/index.ts'
import { dialplans } from './dialplan/index.ts'
import { directory } from './directory/index.ts'
import { languages } from './languages/index.ts'
import { switchRoutesOf } from './switch-routes.ts'

export default moduleOf('xml-handler', [], ({ freeswitches }, { database, rows }, log) => ({
  switchRoutes: switchRoutesOf(
    {
      directory: directory({ rows, cacheable: freeswitches.length > 0 }),
      dialplan: dialplans(log),
      configuration: answerConfiguration,
      languages,
    },
    database,
  ),
}))
