/** Switches on which a test says what is told, and an application that is connected to them. */
import { testWorld, type World } from './app.ts'
import { fakeSwitch } from './fake-switch.ts'
import { until } from './fleet.ts'

/** By the beginning of a command, without `api`: the longest that fits counts. */
export type Told = Record<string, string | (() => Promise<string | undefined>)>

export interface ToldSwitch {
  readonly name: string
  /** Emptied and filled by tests as they like. */
  readonly told: Told
  /** Commands as they came, without `api` and what stands beneath them. */
  received(): string[]
  forget(): void
  /** Takes no connections until it is back. */
  away(): Promise<void>
  back(): Promise<void>
  /** Takes what is said and answers nothing, until it is back. */
  hush(): void
}

/** The first words of what is asked in these tests; of others the fake switch has its own answers. */
const WORDS = [
  ...(['show', 'status', 'sofia', 'reloadxml', 'reloadacl', 'originate', 'global_getvar', 'uuid_getvar'] as const),
  ...(['uuid_setvar_multi', 'uuid_kill', 'uuid_transfer', 'uuid_hold', 'uuid_park', 'uuid_record'] as const),
  'uuid_audio',
]

/** A world whose server is connected to `switch1`, `switch2` …. Closing it closes them. */
export async function worldWithSwitches(count: number): Promise<{ world: World; switches: ToldSwitch[] }> {
  const switches = await Promise.all(Array.from({ length: count }, (_, place) => toldSwitch(`switch${place + 1}`)))
  const addresses = switches.map(({ name, fake }) => `${name}=${fake().url}`).join(',')
  const world = await testWorld({}, undefined, { FREESWITCHES: addresses })
  const stateIs = (name: string, connected: boolean) =>
    until(`${name} comes or goes`, () => (world.app.fleet.link(name)?.state === 'connected') === connected, 30_000)
  for (const { name } of switches) await stateIs(name, true)
  const close = async () => {
    await world.close()
    for (const { fake } of switches) await fake().close()
  }
  return {
    world: { ...world, close },
    switches: switches.map(({ name, told, fake, stop, start }) => ({
      name,
      told,
      received: () => fake().received.map((text) => text.split('\n', 1)[0]!.replace(/^(bg)?api /, '')),
      forget: () => void fake().received.splice(0),
      away: () => stop().then(() => stateIs(name, false)),
      back: () => start().then(() => stateIs(name, true)),
      hush: () => fake().misbehave({ silent: true }),
    })),
  }
}

async function toldSwitch(name: string) {
  const told: Told = {}
  const answer = async (text: string) => {
    const [found] = Object.keys(told)
      .filter((beginning) => text.startsWith(beginning))
      .sort((a, b) => b.length - a.length)
    if (found === undefined) return `-ERR ${text.split(' ', 1)[0]} Command not found!\n`
    const one = told[found]!
    return typeof one === 'string' ? one : one()
  }
  const answers = Object.fromEntries(
    WORDS.map((word) => [word, (args: string) => answer(args === '' ? word : `${word} ${args}`)]),
  )
  let fake = await fakeSwitch({ answers })
  return {
    name,
    told,
    fake: () => fake,
    stop: () => fake.close(),
    start: async () => {
      await fake.close().catch(() => undefined)
      fake = await fakeSwitch({ answers }, fake.port)
    },
  }
}
